"""DynamoDB is too busy, or its answer is lost."""

from local.faults import actions

from .trial import LATE_REDELIVERY, Trial

THROTTLED = actions.error(400, "ThrottlingException", "Rate exceeded")


def test_throttled_twice(trial: Trial) -> None:
    """DynamoDB throttling twice.

    The SDK's retries succeed, in one receive.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    trial.proxy.add("PutItem", THROTTLED, times=2)
    trial.upload("file")
    trial.wait_for_receipt("file")
    assert trial.writes("file") == [0, 0, 200]
    assert trial.reads("file") == 1


def test_throttled_forever(trial: Trial) -> None:
    """DynamoDB throttling forever.

    Parked after three receives of three tries, the log quotes AWS, its batch mate is processed, and
    a redrive completes the file.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    trial.proxy.add("PutItem", THROTTLED, key=trial.key("file"))
    with trial.stack.paused():
        trial.upload("file")
        trial.upload("mate")
    trial.wait_for_parked()
    assert trial.writes("file") == [0] * 9
    assert trial.writes("mate") == [200]
    assert "Rate exceeded" in trial.wait_for_log("ThrottlingException", "file")["error"]
    trial.redrive()
    trial.wait_for_receipt("file")


def test_answer_lost(trial: Trial) -> None:
    """Connection reset after DynamoDB wrote.

    The SDK's second try finds the entry, a duplicate, and nothing is written twice.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    trial.proxy.add("PutItem", actions.reset_afterwards, times=1)
    trial.upload("file")
    trial.wait_for_log("duplicate", "file")
    assert trial.writes("file") == [200, 400]
    assert trial.reads("file") == 1
    trial.wait_for_receipt("file")
