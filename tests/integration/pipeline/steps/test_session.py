"""Steps act as the roles of the environment's account, in each of its Regions."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.awsrequest import AWSRequest

from local.emulator import ACCOUNT
from pipeline import delivery, names
from pipeline.steps.session import places

from .conftest import OTHER, REGION, Delivered


@pytest.mark.parametrize("purpose", [names.INSPECT, names.VERIFY])
@pytest.mark.parametrize("account", [ACCOUNT, delivery.OWN])
def test_a_purpose_is_a_role(delivered: Delivered, purpose: str, account: str) -> None:
    environment = delivery.Environment(name="prod", account=account, regions=(delivery.OWN, OTHER))
    made = places(environment, purpose)
    assert [place.region for place in made] == [REGION, OTHER]
    assert {place.stack for place in made} == {delivered.stack}
    role = f"assumed-role/{purpose}-serverlessapp-prod/{purpose}-prod"
    for place in made:
        assert place.client("cloudformation").meta.region_name == place.region
        assert place.client("sts").get_caller_identity()["Arn"].endswith(role)


def test_a_role_that_is_about_to_end_is_taken_anew(
    delivered: Delivered, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place,) = places(delivery.Environment(name="prod"), names.INSPECT)
    sts = place.client("sts")
    keys: list[str] = []

    def note(request: AWSRequest, **_: object) -> None:
        keys.append(str(request.headers["Authorization"]).partition("Credential=")[2][:20])

    sts.meta.events.register("before-send.sts", note)
    sts.get_caller_identity()
    sts.get_caller_identity()
    later = datetime.now(UTC) + timedelta(minutes=55)  # of the hour that a role lasts
    monkeypatch.setattr("botocore.credentials._local_now", lambda: later)
    monkeypatch.setattr(sts._request_signer._credentials, "_time_fetcher", lambda: later)
    sts.get_caller_identity()
    assert keys[0] == keys[1] != keys[2]
