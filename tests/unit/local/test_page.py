"""One page of what was seen: complete, escaped, and alone."""

from dataclasses import asdict
from pathlib import Path

import pytest

from local import page
from local.demo.stage import Record
from local.pipeline.record import ActionRecord, ExecutionRecord, PushRecord, StageRecord, Status


def test_the_demo(tmp_path: Path) -> None:
    entry = {"processor": "csv", "sent": "a<b>.csv", "size": 5, "verdict": "verified"}
    record = Record(
        receipts=[entry],
        alarms={"BacklogAlarm": "OK"},
        checks={"the stack is complete": True, "nothing is left": False},
    )
    page.write(tmp_path / "seen.html", "demo/seen.html", "The demo", asdict(record))
    text = (tmp_path / "seen.html").read_text()
    assert "<h1>The demo</h1>" in text
    assert "<td>a&lt;b&gt;.csv</td><td>5</td><td>verified</td>" in text
    assert "<td>BacklogAlarm</td><td>OK</td>" in text
    assert '<li class="failed">FAILED: nothing is left</li>' in text
    assert "<li>held: the stack is complete</li>" in text
    assert "Parked files" not in text, "there are none"
    assert "http" not in text
    assert text.endswith("</html>\n")


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.FAILED])
def test_the_pipeline(tmp_path: Path, status: Status) -> None:
    action = ActionRecord("Build", "Package", "eu-west-1", "CodeBuild", status, log=["x < y"])
    execution = ExecutionRecord("1", status=status, stages=[StageRecord("Build", status)])
    execution.stages[0].actions.append(action)
    record = PushRecord([execution], seconds=2.5)
    page.write(tmp_path / "seen.html", "pipeline/seen.html", "The pipeline", record.document())
    text = (tmp_path / "seen.html").read_text()
    assert ("NOT DELIVERED in 2.5" in text) == (status is Status.FAILED)
    assert f"<h2>Build: {status}</h2>" in text
    assert "<td>Package</td><td>eu-west-1</td>" in text
    assert "x &lt; y</pre>" in text
