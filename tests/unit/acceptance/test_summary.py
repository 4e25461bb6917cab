"""The report says what was wrong, for people, report groups and scripts."""

import io
import json
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console

from tests.acceptance import summary
from tests.acceptance.checks.result import Result
from tests.acceptance.outcome import Outcome, Run, results
from tests.acceptance.tests import Test

GOOD = Outcome(test="default", region="us-west-2", created=True, functional=True, seconds=2.0)
BAD = Outcome(
    test="kept",
    region="eu-west-1",
    created=True,
    functional=False,
    deleted=False,
    seconds=3.0,
    failures=["2 of 6 files have no receipt", "Ledger was left behind"],
)


def run(*outcomes: Outcome, problems: tuple[str, ...] = ()) -> Run:
    return Run(outcomes=outcomes, problems=problems, seconds=9.4)


def shown(done: Run) -> str:
    target = io.StringIO()
    summary.show(Console(file=target, width=200), done)
    return target.getvalue()


def test_a_run_passes_only_if_everything_did() -> None:
    assert run(GOOD).passed
    assert not run(GOOD, BAD).passed
    assert not run(GOOD, problems=("bucket left behind",)).passed


def test_plain_text_has_a_row_for_each_stack_and_each_failure() -> None:
    lines = shown(run(GOOD, BAD, problems=("bucket left behind",))).splitlines()
    assert lines[1] == "default\tus-west-2\tyes\tyes\tyes\t2.0"
    assert lines[2] == "kept\teu-west-1\tyes\tNO\tNO\t3.0"
    assert lines[3:] == [
        "kept eu-west-1: 2 of 6 files have no receipt",
        "kept eu-west-1: Ledger was left behind",
        "bucket left behind",
        "1 of 2 stacks passed in 9 s",
    ]


def test_junit_names_test_region_step_and_cause(tmp_path: Path) -> None:
    summary.write(run(GOOD, BAD, problems=("bucket left behind",)), tmp_path)
    (suite,) = ElementTree.parse(tmp_path / "taskcat.xml").getroot()  # noqa: S314 (our own)
    assert (suite.get("tests"), suite.get("failures")) == ("7", "3")
    failed = {
        f"{case.get('classname')} {case.get('name')}": case[0].get("message")
        for case in suite
        if len(case)
    }
    words = "2 of 6 files have no receipt; Ledger was left behind"
    assert failed == {
        "kept.eu-west-1 functional": words,
        "kept.eu-west-1 deleted": words,
        "run nothing else went wrong": "bucket left behind",
    }
    document = json.loads((tmp_path / "taskcat.json").read_text())
    assert (document["passed"], len(document["stacks"])) == (False, 2)


def test_a_stack_that_nobody_looked_at_did_not_pass(tmp_path: Path) -> None:
    seen = Result(test="a", region="us-west-2", stack="s", created=True)
    seen.write(tmp_path)
    test = Test(name="a", template=tmp_path, regions=("us-west-2", "us-east-1"), parameters={})
    first, second = map(Outcome.of, results([test], tmp_path))
    assert first.passed
    assert not second.passed
    assert "before anybody looked" in second.failures[0]
