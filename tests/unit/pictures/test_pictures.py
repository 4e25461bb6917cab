"""The pictures show what the template and the model say."""

import copy
from pathlib import Path
from typing import Any

import pytest

from generators import tables
from pictures import backlog, command, dot, flow
from pipeline import scaling
from serverlessapp.capacity.report import duration

TEMPLATE: Any = tables.template()


def changed() -> Any:
    return copy.deepcopy(TEMPLATE)


def test_a_file_goes_from_the_bucket_to_the_ledger() -> None:
    labels = {(step.source, step.target): step.label for step in flow.steps(TEMPLATE)}
    assert labels["UploadBucket", "IngestQueue"] == "s3:ObjectCreated:*"
    assert labels["IngestQueue", "FileProcessor"] == "batches of up to 10"
    assert labels["Secret", "FileProcessor"] == "GetSecretValue"
    assert labels["FileProcessor", "Ledger"] == "PutItem"
    assert labels["IngestQueue", "DeadLetterQueue"] == "after 3 receives"


def test_every_alarm_is_drawn_and_reaches_the_mailbox() -> None:
    steps = flow.steps(TEMPLATE)
    (to_topic,) = {step.source for step in steps if step.target == "AlarmTopic"}
    assert set(to_topic.split()) == {
        name
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in resource
    }
    watched = {step.source for step in steps if step.target == to_topic}
    assert watched == {"FileProcessor", "IngestQueue", "DeadLetterQueue", "FileProcessorLogs"}
    assert steps[-1] == flow.Step("AlarmTopic", "Mailbox", "email", "HasAlarmEmail")


def test_what_a_parameter_turns_on_is_dashed() -> None:
    drawn = dot.source(TEMPLATE, flow.steps(TEMPLATE))
    assert 'AlarmTopic -> Mailbox [label=" email" style=dashed]' in drawn
    assert 'FileProcessor -> Ledger [label=" PutItem"]' in drawn
    assert drawn.count(" -> ") == len(flow.steps(TEMPLATE))


def test_a_permission_that_is_gone_is_not_drawn() -> None:
    template = changed()
    statements = template["Resources"]["FileProcessorPolicy"]["Properties"]["PolicyDocument"]
    statements["Statement"] = [s for s in statements["Statement"] if s["Sid"] != "WriteLedger"]
    assert "Ledger" not in dot.source(template, flow.steps(template))


def test_a_changed_value_needs_no_other_picture() -> None:
    template = changed()
    template["Resources"]["FileProcessor"]["Properties"]["Description"] = "Another"
    steps = flow.steps(TEMPLATE)
    assert dot.source(template, flow.steps(template)) == dot.source(TEMPLATE, steps)


def test_the_committed_pictures_are_of_today() -> None:
    """As far as that shows without what draws them; the environment docs compares all bytes."""
    steps = flow.steps(flow.template())
    drawn = (command.FOLDER / "flow.svg").read_text(encoding="utf-8")
    assert drawn.count('class="edge"') == len(steps)
    assert all(f"> {step.label}<" in drawn for step in steps if step.label)
    drawn = (command.FOLDER / "backlog.svg").read_text(encoding="utf-8")
    for number in scaling.PLOTTED:
        for burst in scaling.found(number).bursts:
            assert f">{burst.files / 1e6:g} M files: {duration(burst.done)}<" in drawn


def test_the_backlog_rises_to_the_most_and_ends_when_nothing_waits() -> None:
    for number in scaling.PLOTTED:
        for burst in scaling.found(number).bursts:
            points = backlog.points(burst)
            assert points[-1] == (burst.done, min(backlog.NUMBERS))
            highest = max(files for _, files in points)
            # A peak may be before the first minute.
            assert highest == pytest.approx(burst.most_waiting, rel=0.2)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(command, "drawn", lambda: {"flow.svg": b"<svg/>"})
    return tmp_path


def test_the_command_writes_what_it_checks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "flow.svg").write_bytes(b"another")
    assert command.main(["--check", "--folder", str(folder)]) == 1
    assert "flow.svg" in capsys.readouterr().err
    assert command.main(["--folder", str(folder)]) == 0
    assert command.main(["--check", "--folder", str(folder)]) == 0
    assert command.main(["--folder", str(folder / "nowhere")]) == 2


def test_what_is_not_installed_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def missing() -> dict[str, bytes]:
        raise ImportError("No module named 'matplotlib'")

    monkeypatch.setattr(command, "drawn", missing)
    assert command.main(["--check"]) == 2
    assert "tox exec -e docs" in capsys.readouterr().err
