"""A lane's wiring changes while files come in: what nobody announced, reconcile finds."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.fixture_lanes import lane

from ..conftest import Operate, wait_until
from .stage import Stage

RECEIPTS = lane(folder="signed/")
# The emulator ends what runs when it changes a function: such a file comes again soon, or after a
# minute with this time-out, if the queue was changed before.
CSV: dict[str, Any] = {"handler": "own:run", "folder": "old/", "suffixes": [".csv"], "timeout": 10}
BOTH = {"suffixes": [".csv", ".tsv"]}
CHANGES: tuple[dict[str, Any], ...] = (
    {**BOTH, "attempts": 5, "storage": 1024},
    {**BOTH, "source": "eventbridge"},
    BOTH,
)
PAUSE = 0.2  # seconds between uploads, so that some come before, during and after an update


@contextmanager
def uploading(stage: Stage, folder: str) -> Iterator[set[str]]:
    """Upload files while the context lasts, one before and one after at least; yield the names."""
    files: set[str] = set()
    begun, done = threading.Event(), threading.Event()

    def upload() -> None:
        while not done.wait(PAUSE):
            for suffix in BOTH["suffixes"]:
                name = f"{folder}{len(files)}{suffix}"
                stage.upload(name, b"1")
                files.add(name)
            begun.set()

    thread = threading.Thread(target=upload)
    thread.start()
    try:
        assert begun.wait(60)
        yield files
    finally:
        done.set()
        thread.join()


def settle(stage: Stage, operate: Operate) -> None:
    """Wait until nothing waits, and enqueue what nobody announced."""

    def idle() -> bool:
        return bool(operate("reconcile", stage.name)[1]["waiting"] == 0)

    wait_until("an idle queue", idle)
    operate("reconcile", stage.name, "--yes")
    wait_until("an idle queue again", idle)


def test_what_comes_during_a_change_of_the_wiring_is_processed_once(
    stage: Stage, operate: Operate
) -> None:
    """Between a queue's new policy and its new announcer, nobody announces a file."""
    stage.change(RECEIPTS, lane("csv", **CSV))
    everything: set[str] = set()
    for number, change in enumerate(CHANGES):
        stage.retry_soon("csv")
        with uploading(stage, f"old/{number}-") as files:
            stage.change(RECEIPTS, lane("csv", **CSV | change))
        settle(stage, operate)
        everything |= files
    stage.wait_for("csv", *everything)  # at first, no lane took ".tsv"
    assert set(stage.processed("csv").values()) == {1}
    assert operate("parked", stage.name)[1]["parked"] == []


def test_a_lane_that_moves_can_no_longer_read_what_waits_from_its_old_folder(
    stage: Stage, operate: Operate
) -> None:
    """It is parked, and done when the lane has the folder back."""
    stage.change(RECEIPTS, lane("csv", **CSV))
    stage.deliver("csv", on=False)
    stage.retry_soon("csv")
    stage.upload("old/waiting.csv", b"1")
    stage.change(RECEIPTS, lane("csv", **CSV | {"folder": "new/"}))
    stage.deliver("csv", on=True)
    stage.upload("new/a.csv", b"1")
    stage.upload("old/late.csv", b"1")
    (row,) = wait_until(
        "a parked file", lambda: operate("parked", stage.name, "--logs")[1]["parked"]
    )
    assert "AccessDenied" in row["reason"]
    code, document = operate("reconcile", stage.name)
    strays = {each["key"] for each in document["untaken"]}
    assert (code, strays) == (0, {"uploads/old/late.csv", "uploads/old/waiting.csv"})
    stage.wait_for("csv", "new/a.csv")

    stage.change(RECEIPTS, lane("csv", **CSV))
    assert operate("redrive", stage.name, "--all", "--yes")[1]["moved"] == 1
    settle(stage, operate)
    stage.wait_for("csv", "new/a.csv", "old/waiting.csv", "old/late.csv")
