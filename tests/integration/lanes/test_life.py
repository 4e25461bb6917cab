"""A lane comes to a stack in use, goes, and comes back: no other notices, no file is lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from generators.lanes import Lane
from generators.retention import Retention
from local.stacks import StackError
from tests.fixture_lanes import lane

from ..conftest import Diff, Operate, wait_until
from .stage import Stage, content, entries_in

RECEIPTS = lane(suffixes=[".txt"])
CSV = lane("csv", handler="own:run", folder="reports/", suffixes=[".csv"])
SCAN = lane("scan", handler="own:run", source="eventbridge", folder="reports/")
# What every lane shares, and nothing else of it.
SHARED = {"UploadBucket", "Dashboard"}


def findings(diff: Diff, stage: Stage, file: Path, *lanes: Lane) -> tuple[int, dict[str, set[str]]]:
    """Return how an update to these lanes is graded, and what it does to which subject."""
    file.write_text(json.dumps(content(lanes, stage.retention)))
    code, document, _ = diff(f"stack:{stage.name}", str(file))
    kinds: dict[str, set[str]] = {}
    for finding in document["templates"][0]["findings"]:
        kinds.setdefault(finding["kind"], set()).add(finding["subject"])
        kinds.setdefault(finding["risk"], set()).add(finding["subject"])
    return code, kinds


def revision(stage: Stage, name: str) -> Any:
    """Return what changes with each change of a lane's function."""
    return stage.client("lambda").get_function_configuration(
        FunctionName=stage.lane(name).function
    )["RevisionId"]


def untaken(document: dict[str, Any]) -> set[str]:
    return {row["key"].removeprefix("uploads/reports/") for row in document["untaken"]}


@pytest.mark.parametrize(
    ("retention", "own"),
    [
        pytest.param(Retention.RETAINED, CSV, id="notification, retained"),
        pytest.param(Retention.EPHEMERAL, SCAN, id="eventbridge, ephemeral"),
    ],
)
def test_a_lane_comes_goes_and_comes_back(
    stage: Stage, operate: Operate, diff: Diff, tmp_path: Path, retention: Retention, own: Lane
) -> None:
    stage.retention, title, file = retention, own.name.capitalize(), tmp_path / "application.yaml"
    stage.change(RECEIPTS)
    stage.upload("a.txt", b"a")
    stage.wait_for("receipts", "a.txt")
    function = revision(stage, "receipts")
    stage.upload("reports/before.csv", b"1")

    code, kinds = findings(diff, stage, file, RECEIPTS, own)
    assert (code, kinds["modified"]) == (3, SHARED)
    assert all(subject.startswith(title) for subject in kinds["added"] | kinds["IAM widened"])
    added = stage.change(RECEIPTS, own)
    assert added["Add"] == kinds["added"]
    # A change set also lists what refers to something that changes.
    assert added["Modify"] <= SHARED | stage.referring_to("UploadBucket")

    stage.upload("reports/done.csv", b"1")
    stage.wait_for(own.name, "reports/done.csv")
    stage.upload("reports/parked.csv", b"bad")
    wait_until("a parked file", lambda: operate("parked", stage.name)[1]["parked"])
    stage.deliver(own.name, on=False)
    stage.upload("reports/waiting.csv", b"1")
    wait_until("a message", lambda: operate("reconcile", stage.name)[1]["waiting"])
    before = stage.lane(own.name)

    code, kinds = findings(diff, stage, file, RECEIPTS)
    assert (code, kinds["modified"]) == (4, SHARED)
    assert kinds["data"] == {
        f"{title}{kind}"
        for kind in ("IngestQueue", "DeadLetterQueue", "Ledger", "FileProcessorLogs")
    }
    assert stage.change(RECEIPTS)["Remove"] == added["Add"]
    stage.upload("reports/between.csv", b"1")
    files = {f"{name}.csv" for name in ("before", "done", "parked", "waiting", "between")}
    for command in ("reconcile", "verify"):
        code, document = operate(command, stage.name)
        assert (code, untaken(document)) == (0, files)

    assert stage.change(RECEIPTS, own)["Add"] == added["Add"]
    after = stage.lane(own.name)
    assert after.ingest_queue == before.ingest_queue
    if retention.keeps_data:
        assert entries_in(stage, before.ledger).keys() == {"reports/done.csv"}
        assert stage.client("logs").describe_log_streams(logGroupName=before.log_group)
    # It begins with an empty ledger, so all there is counts as new, what was done before too.
    code, document = operate("reconcile", stage.name, "--yes")
    assert (code, document["sent"]) == (0, len(files))
    stage.wait_for(own.name, *(f"reports/{name}" for name in files - {"parked.csv"}))
    wait_until("a parked file", lambda: operate("parked", stage.name)[1]["parked"])
    assert stage.processed("receipts") == {"a.txt": 1}
    assert revision(stage, "receipts") == function


def test_the_first_lane_comes_back_when_its_queue_is_gone(stage: Stage, operate: Operate) -> None:
    """It always kept its queues, and the name of one is derived: SQS has no second of a name."""
    stage.retention = Retention.RETAINED
    stage.change(RECEIPTS, CSV)
    stage.upload("a.txt", b"a")
    stage.wait_for("receipts", "a.txt")
    queue = stage.lane("receipts").ingest_queue
    stage.change(CSV)
    stage.upload("b.txt", b"b")
    with pytest.raises(StackError, match=r"ROLLBACK_COMPLETE; IngestQueue: .*-ingest-.* exists"):
        stage.change(RECEIPTS, CSV)
    stage.upload("reports/a.csv", b"1")
    stage.wait_for("csv", "reports/a.csv")
    stage.client("sqs").delete_queue(QueueUrl=queue)
    stage.change(RECEIPTS, CSV)
    assert operate("reconcile", stage.name, "--yes")[1]["sent"] == 2
    stage.wait_for("receipts", "a.txt", "b.txt")
