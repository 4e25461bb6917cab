"""AWS accepts the connection and says nothing, or nothing more, or little at a time."""

from collections.abc import Iterator

import pytest

from local.faults import actions

from .trial import Trial

CONTENT = bytes(range(256)) * 1024  # more than fits into the buffers on the way
TRIES = [0, 0, 0]  # what AWS answered to three attempts, the SDK's; after them the call fails
RETRY = 9  # seconds; longer than the attempts take with their pauses


@pytest.fixture(autouse=True)
def shortest(trial: Trial) -> Iterator[None]:
    """Give calls to AWS the time that follows from 10 seconds, the form's shortest timeout."""
    trial.stack.configure(FUNCTION_TIMEOUT="10")
    trial.stack.retry_after(seconds=RETRY)
    yield
    trial.proxy.heal()
    trial.stack.wait_until_idle()
    trial.stack.configure(FUNCTION_TIMEOUT="60")


def statuses(trial: Trial, operation: str, key: str = "") -> list[int]:
    """Return what AWS answered; 0 where it was not asked."""
    return [call.status for call in trial.proxy.made(operation, key)]


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param("GetObject", id="S3 that does not answer"),
        pytest.param("PutItem", id="DynamoDB that does not answer"),
    ],
)
def test_silent_call(trial: Trial, operation: str) -> None:
    """{case}.

    Only that file is delivered again, its batch mate does not wait for it, and the same environment
    continues.
    """
    trial.proxy.add(operation, actions.silence, times=3, key=trial.key("file"))
    with trial.stack.paused():
        trial.upload("file")
        trial.upload("mate")
    trial.wait_for_receipt("mate")
    assert statuses(trial, operation, trial.key("file")) != TRIES, "the mate had to wait"
    trial.wait_for_receipt("file")
    assert statuses(trial, operation, trial.key("file"))[:4] == [*TRIES, 200]
    assert (trial.receives("file"), trial.receives("mate")) == (2, 1)
    assert "timeout" in trial.wait_for_log("SQS delivers it again", "file")["error"]
    assert len(statuses(trial, "GetSecretValue")) == 1, "an environment asks once"


def test_body_stalls(trial: Trial) -> None:
    """Response body that stalls midway.

    Only that file is delivered again, after the timeout of one read.
    """
    trial.proxy.add("GetObject", actions.stall_body(1000), times=1, key=trial.key("file"))
    with trial.stack.paused():
        trial.upload("file", CONTENT)
        trial.upload("mate")
    trial.wait_for_receipt("file")
    assert (trial.receives("file"), trial.receives("mate")) == (2, 1)
    assert "timeout" in trial.wait_for_log("SQS delivers it again", "file")["error"]


def test_slow_body(trial: Trial) -> None:
    """Response body that arrives slowly.

    It may take longer than any timeout of the SDK: the file is processed in one receive.
    """
    trial.proxy.add("GetObject", actions.slow_body(pieces=5, seconds=0.5))
    trial.upload("file", CONTENT)
    trial.wait_for_receipt("file")
    assert trial.receives("file") == 1


def test_first_secret(trial: Trial) -> None:
    """Secrets Manager that does not answer while no value is cached.

    All files of a batch wait for the same attempts, and are processed in the next receive.
    """
    trial.proxy.add("GetSecretValue", actions.silence, times=3)
    with trial.stack.paused():
        trial.upload("first")
        trial.upload("second")
    trial.wait_for_receipt("first")
    trial.wait_for_receipt("second")
    assert statuses(trial, "GetSecretValue") == [*TRIES, 200]
    assert (trial.receives("first"), trial.receives("second")) == (2, 2)


def test_later_secret(trial: Trial) -> None:
    """Secrets Manager that does not answer while a value is cached.

    Files are signed with that value, without waiting for an answer, and the log warns.
    """
    trial.stack.use_code("SECRET_SECONDS = 300", "SECRET_SECONDS = 0")
    try:
        before = trial.wait_for_receipt("first", trial.upload("first"))
        trial.proxy.add("GetSecretValue", actions.silence)
        with trial.stack.paused():
            trial.upload("second")
            trial.upload("third")
        for name in ("second", "third"):
            assert trial.wait_for_receipt(name).secret_version == before.secret_version
        assert len(statuses(trial, "GetSecretValue")) < 1 + len(TRIES), "they had to wait"
        assert (trial.receives("second"), trial.receives("third")) == (1, 1)
        trial.wait_for_log("the previous one is used")
    finally:
        trial.stack.wait_until_idle()
        trial.stack.use_code()


def test_parking(trial: Trial) -> None:
    """Dead-letter queue that does not answer.

    Only the poison file is delivered again, and is parked with its reason at the next receive.
    """
    trial.proxy.add("SendMessage", actions.silence, times=3)
    with trial.stack.paused():
        trial.upload("poison", sha256="0" * 64)
        trial.upload("mate")
    assert "declared SHA-256 is 000" in trial.wait_for_reason()
    assert statuses(trial, "SendMessage")[:4] == [*TRIES, 200]
    assert (trial.receives("poison"), trial.receives("mate")) == (2, 1)


def test_processor_that_hangs(trial: Trial) -> None:
    """Processor that never returns.

    Only its files are delivered again, and they do not take the threads of those that come next.
    """
    line = "digest = hashlib.sha256()"
    hang = 'time.sleep(3600) if "hang" in context.file.key else None'
    trial.stack.configure(timeout=3)
    trial.stack.use_code(line, f"{hang}\n    {line}")
    names = [f"hang{number}" for number in range(10)]
    try:
        with trial.stack.paused():
            for name in names:
                trial.upload(name)
        trial.wait_for_log("out of time")
        trial.upload("next")
        trial.wait_for_receipt("next")
    finally:
        trial.stack.restart()
        trial.stack.use_code()
        trial.stack.configure()
    for name in names:
        trial.wait_for_receipt(name)
    assert trial.receives("next") == 1
