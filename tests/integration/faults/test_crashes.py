"""The function runs out of time, hangs, or dies."""

from collections.abc import Iterator

import pytest

from local.faults import actions

from ..conftest import wait_until
from .trial import LATE_REDELIVERY, Trial

SHORT = 4  # seconds for a batch; 1.5 of them are kept back to report what is late


@pytest.fixture
def impatient(trial: Trial) -> Iterator[None]:
    """Give the function little time, and SQS a little more."""
    trial.stack.configure(timeout=SHORT)
    trial.stack.retry_after(seconds=SHORT + 3)
    trial.wait_for_receipt("warm", trial.upload("warm"))  # a start may take those seconds alone
    yield
    trial.proxy.heal()
    trial.stack.wait_until_idle()
    trial.stack.configure()


@pytest.mark.usefixtures("impatient")
def test_time_out(trial: Trial) -> None:
    """Handler out of time.

    Only the late file is delivered again; when its first try ends late, its write is refused.
    """
    trial.proxy.add("GetObject", actions.delay(SHORT * 2), times=1, key=trial.key("late"))
    with trial.stack.paused():
        trial.upload("late")
        trial.upload("mate")
    trial.wait_for_receipt("late")
    wait_until("the first try", lambda: len(trial.writes("late")) == 2)
    assert sorted(trial.writes("late")) == [200, 400]
    assert trial.reads("mate") == 1
    trial.wait_for_log("out of time")


@pytest.mark.usefixtures("impatient")
def test_frozen(trial: Trial) -> None:
    """Handler frozen until Lambda ends it.

    The whole batch is delivered again, and each file is entered once.
    """
    trial.proxy.add("GetObject", actions.freeze, times=1, key=trial.key("hang"))
    with trial.stack.paused():
        trial.upload("hang")
        trial.upload("mate")
    trial.wait_for_receipt("hang")
    trial.wait_for_receipt("mate")
    assert trial.reads("hang") == 2


def test_killed_before_the_write(trial: Trial) -> None:
    """Process killed before the ledger write.

    The file is processed again, and entered once.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    trial.proxy.add("PutItem", actions.kill, times=1, key=trial.key("file"))
    with trial.stack.paused():
        trial.upload("file")
        trial.upload("mate")
    trial.wait_for_receipt("file")
    trial.wait_for_receipt("mate")
    assert trial.writes("file") == [0, 200]
    trial.wait_for_log("processed", "file")


def test_killed_after_the_write(trial: Trial) -> None:
    """Process killed after the ledger write.

    The redelivery is a duplicate without effect.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    trial.proxy.add("PutItem", actions.kill_afterwards, times=1, key=trial.key("file"))
    with trial.stack.paused():
        trial.upload("file")
        trial.upload("mate")
    first = trial.wait_for_receipt("file")
    trial.wait_for_log("duplicate", "file")
    assert trial.writes("file") == [200, 400]
    assert trial.wait_for_receipt("file") == first
    trial.wait_for_receipt("mate")


def test_file_that_kills(trial: Trial) -> None:
    """File that kills the process each time.

    It is parked after three receives, its batch mates are processed or parked beside it, and a
    redrive completes all.
    """
    trial.stack.retry_after(LATE_REDELIVERY)
    trial.proxy.add("GetObject", actions.kill, key=trial.key("deadly"))
    with trial.stack.paused():
        trial.upload("deadly")
        trial.upload("mate")
    trial.stack.wait_until_idle()
    assert trial.key("deadly") in "".join(message["Body"] for message in trial.stack.parked())
    assert trial.reads("deadly") == 3
    trial.redrive()
    trial.wait_for_receipt("deadly")
    trial.wait_for_receipt("mate")
