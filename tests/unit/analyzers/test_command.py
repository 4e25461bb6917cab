"""The gates as a user runs them, with analyzers that say what a test wants."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generators.accepted import Accepted
from tests.analyzers import acceptances, analyzers, command

ROOT = Path(__file__).resolve().parents[3]
PASSED = [{"file_path": "/sample.yaml"}]
CHECKOV = {"summary": {"parsing_errors": 0}, "results": {"passed_checks": PASSED}}
FAILED = {
    "file_path": "/sample.yaml",
    "check_id": "CKV_AWS_1",
    "resource": "AWS::SQS::Queue.Queue",
    "check_name": "Ensure it",
}
FAILURE = {"resource_ids": ["Queue"], "rule": "SomeRule", "reason": "too wide"}

Analyzers = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sample.yaml").write_text('{"Resources": {}}')
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Analyzers:
    """Return a function that makes a folder with analyzers that print what it is given."""
    monkeypatch.setattr(analyzers, "cfn_lint", lambda folder: iter(()))

    def make(checkov: object = None, failures: list[Any] | None = None, **cfripper: object) -> Path:
        failed = {"failed_checks": checkov or []}
        said = {
            "checkov": {**CHECKOV, "results": {**CHECKOV["results"], **failed}},  # type: ignore[dict-item]
            "cfripper": {"exceptions": [], "failures": failures or [], **cfripper},
        }
        for name, document in said.items():
            script = tmp_path / name
            script.write_text(f"#!{sys.executable}\nprint({json.dumps(document)!r})\n")
            script.chmod(0o755)
        return tmp_path

    return make


def run(folder: Path, programs: Path, *options: str) -> int:
    return command.main(["--templates", str(folder), "--programs", str(programs), *options])


@pytest.fixture(autouse=True)
def no_acceptances(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acceptances, "collect", lambda: iter(()))


def test_nothing_found(
    folder: Path, programs: Analyzers, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, programs()) == 0
    shown = capsys.readouterr().out
    assert all(gate in shown for gate in ("cfn-lint", "checkov", "cfripper", "rules"))


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ({"checkov": [FAILED]}, "checkov: sample Queue CKV_AWS_1: Ensure it"),
        ({"failures": [FAILURE]}, "cfripper: sample Queue SomeRule: too wide"),
    ],
)
def test_a_finding_is_printed_and_fails(
    folder: Path,
    programs: Analyzers,
    capsys: pytest.CaptureFixture[str],
    said: dict[str, Any],
    line: str,
) -> None:
    assert run(folder, programs(**said)) == 1
    assert line in capsys.readouterr().out


def test_a_needless_acceptance_fails(
    folder: Path,
    programs: Analyzers,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    accepted = Accepted(resource="Queue", rule="CKV_AWS_1", reason="because it is so")
    monkeypatch.setattr(acceptances, "collect", lambda: iter([accepted]))
    assert run(folder, programs(checkov=[FAILED]), "--reasons") == 0
    assert "Queue CKV_AWS_1 is accepted: because it is so" in capsys.readouterr().out
    assert run(folder, programs()) == 1
    assert "nothing needs the acceptance of CKV_AWS_1 for Queue" in capsys.readouterr().out


def test_an_analyzer_that_could_not_look_fails_in_another_way(
    folder: Path, programs: Analyzers, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = programs(exceptions=["sample"])
    assert run(folder, broken) == 2
    assert "cfripper failed on sample" in capsys.readouterr().out
    (broken / "checkov").write_text(f"#!{sys.executable}\nraise SystemExit('broken inside')\n")
    assert run(folder, broken) == 2
    assert "broken inside" in capsys.readouterr().out
    (broken / "checkov").unlink()
    assert run(folder, broken) == 2
    assert "run: tox run -e security" in capsys.readouterr().out


def test_a_template_that_checkov_passed_over_is_named(
    folder: Path, programs: Analyzers, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "other.yaml").write_text('{"Resources": {}}')
    assert run(folder, programs()) == 2
    assert "checkov did not look at other" in capsys.readouterr().out


def test_no_templates_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        run(tmp_path / "empty", tmp_path)
    assert caught.value.code == 2


@pytest.mark.parametrize(
    ("rule", "gate"),
    [
        ("CKV_AWS_1", "checkov"),
        ("CKV2_AWS_1", "checkov"),
        ("E3002", "cfn-lint"),
        ("I3011", "cfn-lint"),
        ("EC2SecurityGroupRule", "cfripper"),
        ("WildcardResourceRule", "cfripper"),
        ("tls-only", "rules"),
    ],
)
def test_each_rule_belongs_to_a_gate(rule: str, gate: str) -> None:
    assert command.owner(rule) == gate


def test_cfn_lint_looks_in_every_partition() -> None:
    lines = (ROOT / ".cfnlintrc").read_text().split()
    wanted = ("us-west-2", "us-east-1", "eu-west-1", "us-gov-west-1", "cn-north-1")
    assert set(wanted) <= set(lines)
