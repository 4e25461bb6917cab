"""The secret is missing, wrong, changed or out of reach."""

import json
from collections.abc import Iterator

import pytest

from local.faults import actions
from local.faults.exchange import Exchange

from ..conftest import wait_until
from .trial import LATE_REDELIVERY, Trial

VALUE = "hunter2-is-no-json"


@pytest.fixture(autouse=True)
def cold(trial: Trial) -> Iterator[None]:
    """Forget the cached secret before and after."""
    trial.stack.restart()
    yield
    trial.stack.restart()


@pytest.mark.parametrize(
    ("code", "message"),
    [
        pytest.param(
            "AccessDeniedException",
            "not authorized to perform: secretsmanager:GetSecretValue",
            id="Access denied on the secret",
        ),
        pytest.param(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
            id="Secret missing",
        ),
    ],
)
def test_no_secret(trial: Trial, code: str, message: str) -> None:
    """{case}.

    Nothing is signed without it, all files are parked after three receives, the log quotes AWS, and
    a redrive after the repair completes them.
    """
    trial.proxy.add("GetSecretValue", actions.error(400, code, message))
    with trial.stack.paused():
        trial.upload("first")
        trial.upload("second")
    trial.wait_for_parked(2)
    assert message in trial.wait_for_log(code, "second")["error"]
    assert not trial.writes("first") + trial.writes("second")
    trial.redrive()
    trial.wait_for_receipt("first")
    trial.wait_for_receipt("second")


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(VALUE, id="Secret that is not JSON"),
        pytest.param(json.dumps({"Password": VALUE}), id="Secret without a password"),
    ],
)
def test_wrong_secret(trial: Trial, value: str) -> None:
    """{case}.

    The log names the secret and never shows it, and a redrive after the repair completes the file.
    """
    good = json.dumps(trial.stack.secret())
    trial.stack.change_secret(value)
    try:
        trial.upload("file")
        trial.wait_for_parked()
        # On a busy machine, SQS gives up before the function has said why.
        line = trial.wait_for_log("must be a JSON object", "file")
    finally:
        trial.stack.change_secret(good)
    assert trial.stack.outputs["SecretArn"] in line["error"]
    assert VALUE not in json.dumps(trial.stack.log())
    trial.redrive()
    trial.wait_for_receipt("file")


def test_secret_rotated(trial: Trial) -> None:
    """Secret rotated in the middle of a batch.

    Each receipt names the version that signed it, and verifies with it.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    before = trial.stack.secret()

    def rotate(exchange: Exchange) -> None:
        wait_until("the first receipt", lambda: 200 in trial.writes("first"))
        trial.stack.change_secret(json.dumps({**before, "password": "another-one"}))

    trial.proxy.add("GetObject", actions.after(rotate), key=trial.key("second"))
    with trial.stack.paused():
        trial.upload("first")
        trial.upload("second")
    first = trial.wait_for_receipt("first")
    assert trial.wait_for_receipt("second").secret_version == first.secret_version
    trial.stack.restart()
    trial.upload("later")
    later = trial.wait_for_receipt("later")
    assert later.secret_version != first.secret_version
    assert trial.stack.secret(later.secret_version)["password"] == "another-one"


def test_outage_bridged(trial: Trial) -> None:
    """Secrets Manager failing while a value is cached.

    Files are signed with that value, and the log warns.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    trial.stack.use_code("SECRET_SECONDS = 300", "SECRET_SECONDS = 0")
    try:
        first = trial.wait_for_receipt("first", trial.upload("first"))
        trial.proxy.add("GetSecretValue", actions.error(500, "InternalServiceError"))
        trial.upload("second")
        assert trial.wait_for_receipt("second").secret_version == first.secret_version
        wait_until("three attempts", lambda: len(trial.proxy.made("GetSecretValue")) == 4)
        trial.wait_for_log("the previous one is used")
        assert trial.reads("second") == 1
    finally:
        trial.stack.wait_until_idle()
        trial.stack.use_code()
