"""The pictures show what the template says, and a stale one is noticed."""

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from generators import tables
from pictures import backlog, command, dashboard, dot, flow, mermaid
from pictures.dot import DrawingError
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
    to_topic = {step.source for step in steps if step.target == "AlarmTopic"}
    alarms = {
        name
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in resource
    }
    assert {name for names in to_topic for name in names.split()} == alarms
    assert steps[-1] == flow.Step("AlarmTopic", "Mailbox", "email", "HasAlarmEmail")


def test_what_a_parameter_turns_on_is_dashed() -> None:
    drawn = mermaid.draw(TEMPLATE, flow.steps(TEMPLATE))
    assert 'AlarmTopic -.->|"email"| Mailbox' in drawn
    assert 'FileProcessor -->|"PutItem"| Ledger' in drawn


def test_a_permission_that_is_gone_is_not_drawn() -> None:
    template = changed()
    statements = template["Resources"]["FileProcessorPolicy"]["Properties"]["PolicyDocument"]
    statements["Statement"] = [s for s in statements["Statement"] if s["Sid"] != "WriteLedger"]
    assert "Ledger" not in mermaid.draw(template, flow.steps(template))


def test_the_dashboard_has_every_metric_at_its_place() -> None:
    widgets = dashboard.body(TEMPLATE)
    drawn = dashboard.draw(widgets)
    for widget in widgets:
        assert f">{widget['properties']['title']}<" in drawn
    frames = re.findall(r'<g><rect x="(\d+)" y="(\d+)"', drawn)
    corners = [(int(x) // dashboard.SIDE, int(y) // dashboard.SIDE) for x, y in frames]
    assert corners == [(column, row) for row in range(2) for column in range(4)]
    for metric in (metric for widget in widgets for metric in widget["properties"]["metrics"]):
        assert f">{metric[1]}<" in drawn


def test_the_backlog_shows_each_burst_where_it_is() -> None:
    drawn = backlog.draw()
    for row, number in enumerate(scaling.PLOTTED):
        found = scaling.found(number)
        assert f">--{scaling.options(number).split(' --')[0].removeprefix('--')}" in drawn
        for burst in found.bursts:
            assert f">{burst.files / 1e6:g} M: {duration(burst.done)}<" in drawn
            *line, (end, bottom) = backlog.points(burst)
            assert end == backlog.x(burst.done)
            assert bottom == backlog.y(backlog.FEWEST)
            assert all(0 <= at <= backlog.WIDTH and height >= backlog.TOP for at, height in line)
            highest = min(height for _, height in line)
            assert highest == pytest.approx(backlog.y(burst.most_waiting), abs=3)
        assert drawn.count(f'translate(0 {row * backlog.HEIGHT})" fill="none"') == 3
    numbers = list(map(float, re.findall(r'<text class="\w+" x="(\d+)"', drawn)))
    assert max(numbers) <= backlog.WIDTH


def test_a_changed_value_needs_no_other_picture() -> None:
    template = changed()
    template["Resources"]["FileProcessor"]["Properties"]["Description"] = "Another"
    steps = flow.steps(TEMPLATE)
    assert dot.source(template, flow.steps(template)) == dot.source(TEMPLATE, steps)


def test_the_command_writes_what_it_checks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(command.DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("adr"))
    folder = tmp_path / "docs"
    page = folder / command.PAGE
    page.write_text(page.read_text().replace("PutItem", "DeleteItem"))
    assert command.main(["--check", "--docs", str(folder)]) == 1
    assert command.PAGE in capsys.readouterr().err
    assert command.main(["--docs", str(folder)]) == 0
    assert command.main(["--check", "--docs", str(folder)]) == 0


def test_a_picture_of_another_graph_is_stale(tmp_path: Path) -> None:
    shutil.copytree(command.DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("adr"))
    command.write(tmp_path / "docs", TEMPLATE, draw=False)
    assert command.stale(tmp_path / "docs", TEMPLATE) == []
    (tmp_path / "docs" / command.DRAWN).write_text(json.dumps({command.FLOW: "another"}))
    assert command.stale(tmp_path / "docs", TEMPLATE) == [command.FLOW]


def test_a_missing_program_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(command.DOCS, tmp_path / "docs", ignore=shutil.ignore_patterns("adr"))
    (tmp_path / "docs" / command.DRAWN).unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert command.main(["--docs", str(tmp_path / "docs"), "--draw"]) == 2
    assert "apt-get install graphviz" in capsys.readouterr().err


def test_the_drawn_flow_has_every_step() -> None:
    drawn = dot.source(TEMPLATE, flow.steps(TEMPLATE))
    assert drawn.count(" -> ") == len(flow.steps(TEMPLATE))
    assert 'AlarmTopic -> Mailbox [label="email" style=dashed]' in drawn


def test_missing_graphviz_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(DrawingError, match="apt-get install graphviz"):
        dot.draw("digraph {}")
