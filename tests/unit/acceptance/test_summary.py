"""The report says what was wrong, for people, report groups and scripts."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from serverlessapp.report import Report
from tests.acceptance import summary
from tests.acceptance.checks.result import StackResult
from tests.acceptance.summary import Run

GOOD = StackResult(
    test="default",
    region="us-west-2",
    created=True,
    functional=True,
    deleted=True,
    checks={"receipts": 2.5},
    seconds=2.0,
)
BAD = StackResult(
    test="kept",
    region="eu-west-1",
    created=True,
    failures=['2 of 6 files: größer <than> "it" should & be', "Ledger was left behind"],
    seconds=3.0,
)
WORDS = "; ".join(BAD.failures)
LEFT = ("bucket left behind",)


def run(*stacks: StackResult, problems: tuple[str, ...] = ()) -> Run:
    return Run(stacks=stacks, problems=problems, seconds=9.4)


def test_a_run_passes_only_if_everything_did() -> None:
    assert run(GOOD).passed
    assert not run(GOOD, BAD).passed
    assert not run(GOOD, problems=LEFT).passed


def test_plain_text_has_a_row_for_each_stack_and_each_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary.show(Report(), run(GOOD, BAD, problems=LEFT))
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "default\tus-west-2\tyes\tyes\tyes\t2.0"
    assert lines[2] == "kept\teu-west-1\tyes\tNO\tNO\t3.0"
    assert lines[3:] == [
        *(f"kept eu-west-1: {failure}" for failure in BAD.failures),
        "bucket left behind",
        "1 of 2 stacks passed in 9 s",
    ]


def test_junit_names_test_region_step_and_cause(tmp_path: Path) -> None:
    summary.write(run(GOOD, BAD, problems=LEFT), tmp_path)
    suites = ElementTree.parse(tmp_path / "taskcat.xml").getroot()  # noqa: S314 (our own)
    assert [(s.get("tests"), s.get("failures")) for s in suites] == [
        ("4", "0"),
        ("3", "2"),
        ("1", "1"),
    ]
    failed = {
        f"{case.get('classname')} {case.get('name')}": case[0].get("message")
        for case in suites.iter("testcase")
        if len(case)
    }
    assert failed == {
        "kept.eu-west-1 functional": WORDS,
        "kept.eu-west-1 deleted": WORDS,
        "run nothing else went wrong": "bucket left behind",
    }


def test_scripts_get_the_same_as_json(tmp_path: Path) -> None:
    summary.write(run(GOOD, BAD), tmp_path)
    document = json.loads((tmp_path / "taskcat.json").read_text())
    assert not document["passed"]
    assert [stack["failures"] for stack in document["stacks"]] == [[], BAD.failures]


def test_a_result_comes_back_as_it_was_written(tmp_path: Path) -> None:
    BAD.write(tmp_path)
    assert StackResult.read(tmp_path, "kept", "eu-west-1") == BAD


def test_a_stack_that_nobody_looked_at_did_not_pass(tmp_path: Path) -> None:
    unseen = StackResult.read(tmp_path, "a", "us-east-1")
    assert not unseen.passed
    assert "before anybody looked" in unseen.failures[0]
