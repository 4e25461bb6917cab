"""AWS refuses: the file is retried, parked after three receives, and done after the repair."""

import pytest

from local.faults import actions

from .trial import Trial

RECEIVES = 3

OBJECT = ("GetObject", 403, "AccessDenied", "not authorized to perform: s3:GetObjectVersion")
KEY = ("GetObject", 403, "AccessDenied", "not authorized to perform: kms:Decrypt")
TABLE = ("PutItem", 400, "AccessDeniedException", "not authorized to perform: dynamodb:PutItem")
EXPIRED = ("GetObject", 400, "ExpiredToken", "The provided token has expired.")


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(OBJECT, id="Access denied on the object"),
        pytest.param(KEY, id="Access denied on the KMS key"),
        pytest.param(TABLE, id="Access denied on the table"),
        pytest.param(EXPIRED, id="Expired credentials"),
    ],
)
def test_refused(trial: Trial, refusal: tuple[str, int, str, str]) -> None:
    """{case}.

    Parked after three receives, the log quotes AWS, its batch mate is processed at once, and a
    redrive after the repair completes it.
    """
    operation, status, code, message = refusal
    trial.proxy.add(operation, actions.error(status, code, message), key=trial.key("refused"))
    with trial.stack.paused():
        trial.upload("refused")
        trial.upload("mate")
    trial.wait_for_parked()
    assert message in trial.wait_for_log(code, "refused")["error"]
    assert len(trial.proxy.made(operation, trial.key("refused"))) == RECEIVES
    trial.wait_for_receipt("mate")
    assert trial.reads("mate") == 1
    trial.redrive()
    trial.wait_for_receipt("refused")
