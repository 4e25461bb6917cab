"""``serverlessapp diff``: what it compares, and how it answers."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from serverlessapp.cli.main import main
from serverlessapp.releases.archive import RELEASES, TEMPLATES
from serverlessapp.releases.changelog import ChangelogEntry
from serverlessapp.releases.freeze import freeze

TemplateDict = dict[str, Any]
Run = Callable[..., tuple[int, str, str]]

CHANGELOG = "# Changelog\n\n## [Unreleased]\n\n{text}\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the command in a checkout of its own."""
    monkeypatch.chdir(tmp_path)
    Path("CHANGELOG.md").write_text(CHANGELOG.format(text=""))

    def diff(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(["diff", *arguments])
        output = capsys.readouterr()
        return code, output.out, output.err

    return diff


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, TemplateDict], str]:
    """Return a function that writes a template and returns its path."""

    def to_file(name: str, template: TemplateDict) -> str:
        path = tmp_path / f"{name}.yaml"
        path.write_text(json.dumps(template))
        return str(path)

    return to_file


def release(version: str, **templates: TemplateDict) -> None:
    files = {f"{name}.yaml": json.dumps(template).encode() for name, template in templates.items()}
    text = "Replaces resources Ledger and UploadBucket."
    freeze(version, files, [ChangelogEntry(name=version, date="2026-01-01", text=text)], RELEASES)


def test_safe(run: Run, write: Any, retained: TemplateDict, changed: TemplateDict) -> None:
    code, out, err = run(write("a", retained), write("b", changed))
    assert (code, err) == (0, "")
    assert out.endswith("nothing changes\n")


def test_review(run: Run, write: Any, retained: TemplateDict, changed: TemplateDict) -> None:
    del changed["Outputs"]["SecretArn"]
    changed["Description"] = "Something else."
    code, out, err = run(write("a", retained), write("b", changed))
    assert (code, err) == (3, "")
    assert "  safe          text            Description  its text changes\n" in out
    assert "needs review  output removed  SecretArn    what reads or imports it fails" in out
    assert "worst: needs review; raise at least the version's major part" in out
    assert "for the changelog:\n- Output removed: SecretArn (" in out
    assert out.count("\n- ") == 1


def test_data_at_risk(run: Run, write: Any, retained: TemplateDict, changed: TemplateDict) -> None:
    del changed["Resources"]["Ledger"]
    code, out, err = run(write("a", retained), write("b", changed))
    assert code == 4
    assert "- Removes resource Ledger (AWS::DynamoDB::Table: its items" in out
    assert err == "error: the changelog does not mention resource Ledger\n"


def test_json(run: Run, write: Any, retained: TemplateDict, changed: TemplateDict) -> None:
    del changed["Resources"]["Ledger"]
    code, out, _ = run(write("a", retained), write("b", changed), "--json")
    document = json.loads(out)
    assert code == document["exit_code"] == 4
    assert (document["risk"], document["bump"]) == ("data", "major")
    assert document["not_announced"] == ["Ledger"]
    assert {"risk", "bump", "kind", "subject", "text"} == set(
        document["templates"][0]["findings"][0]
    )
    assert any(line.startswith("- Removes resource Ledger") for line in document["changelog"])


def test_versions_and_defaults(
    run: Run, tmp_path: Path, retained: TemplateDict, changed: TemplateDict
) -> None:
    release("0.0.1", application=retained)
    del changed["Parameters"]["FunctionMemory"]["MaxValue"]
    release("0.1.0", application=changed)
    code, out, _ = run("0.0.1", "0.1.0")
    assert code == 0
    assert out.startswith("0.0.1 -> 0.1.0\n")
    del changed["Outputs"]["SecretArn"]
    for name in ("application", "more"):
        (TEMPLATES / f"{name}.yaml").write_text(json.dumps(changed))
    code, out, _ = run()
    assert out.startswith("0.1.0 -> the working tree\n")
    assert "template added" in out
    assert code == 3


def test_a_folder_is_compared_with_the_working_tree(
    run: Run, tmp_path: Path, retained: TemplateDict, changed: TemplateDict
) -> None:
    base = tmp_path / "base"
    for folder, template in ((base, retained), (TEMPLATES, changed)):
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("application", "more"):
            (folder / f"{name}.yaml").write_text(json.dumps(template))
    assert run(str(base), str(base))[0] == 0
    del changed["Outputs"]["SecretArn"]
    (TEMPLATES / "more.yaml").write_text(json.dumps(changed))
    code, out, _ = run(str(base))
    assert code == 3
    assert out.startswith(f"{base} -> the working tree\n")
    assert out.splitlines()[2] == "more"


def test_a_single_file_is_compared_with_the_template_it_resembles(
    run: Run, write: Any, tmp_path: Path, retained: TemplateDict, ephemeral: TemplateDict
) -> None:
    release("0.0.1", retaining=retained, passing=ephemeral)
    for template in (retained, ephemeral):
        code, out, _ = run(write("mine", template), "0.0.1")
        assert (code, out.splitlines()[-1]) == (0, "nothing changes")
    code, _, _ = run(write("mine", retained), "0.0.1", "--template", "passing")
    assert code == 4


def test_templates_that_change_alike_are_told_together(
    run: Run, tmp_path: Path, retained: TemplateDict, changed: TemplateDict
) -> None:
    release("0.0.1", one=retained, two=retained, same=retained)
    del changed["Outputs"]["SecretArn"]
    release("0.1.0", one=changed, two=changed, same=retained)
    _, out, _ = run("0.0.1", "0.1.0")
    assert out.splitlines()[2] == "one, two"
    assert out.count("output removed") == 1
    assert "same" not in out


def test_a_template_that_is_gone_needs_a_look(
    run: Run, tmp_path: Path, retained: TemplateDict, ephemeral: TemplateDict
) -> None:
    release("0.0.1", one=retained, two=ephemeral)
    release("0.1.0", one=retained)
    code, out, _ = run("0.0.1", "0.1.0")
    assert code == 3
    assert "template removed  two" in out
    assert "raise at least the version's major part" in out
    code, out, _ = run("0.1.0", "0.0.1")
    assert code == 0
    assert "template added  two" in out
    assert "raise at least the version's minor part" in out


@pytest.mark.parametrize("section", ["## [0.0.2] - 2026-02-02", "## [Unreleased]"])
def test_the_changelog_of_every_version_on_the_way_counts(
    run: Run, tmp_path: Path, retained: TemplateDict, changed: TemplateDict, section: str
) -> None:
    release("0.0.1", application=retained)
    changed["Resources"]["Ledger"]["Properties"]["TableName"] = "mine"
    release("0.1.0", application=changed)
    assert run("0.0.1", "0.1.0")[2] != ""
    text = (
        f"{section}\n\n- Replaces resource `Ledger`.\n\n## [0.0.1]\n\nReplaces resource Secret.\n"
    )
    (tmp_path / "CHANGELOG.md").write_text(text)
    code, _, err = run("0.0.1", "0.1.0")
    assert (code, err) == (4, "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no releases here"),
        (["0.0.1"], "no releases here"),
        (["1.2"], "1.2 is not a version"),
        (
            ["nonsense"],
            "nonsense is not a version, a template file or folder, or stack:NAME",
        ),
        (["none.json"], "cannot read none.json: No such file or directory"),
        (["."], "application.yaml does not exist; name a file or stack:NAME"),
        (["text.json"], "text.json: Resources.A must be an object, in line 2"),
        (["list.json"], "a template must be an object"),
        (["empty.json"], "empty.json: Resources.A has no Type"),
        (["odd.json"], "odd.json: Metadata must be an object"),
        (["good.json", "good.json", "--parameter", "A"], "write NAME=VALUE"),
        (["good.json", "good.json", "--parameter", "A=1"], "good.json has no parameter A"),
    ],
)
def test_errors_in_words(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.json").write_text("Resources:\n  A:\n")
    Path("list.json").write_text("[]")
    Path("empty.json").write_text('{"Resources": {"A": {}}}')
    Path("odd.json").write_text('{"Metadata": [], "Resources": {}}')
    Path("good.json").write_text('{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}')
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert words in err


def test_an_unknown_release_or_template_names_the_known_ones(
    run: Run, tmp_path: Path, retained: TemplateDict
) -> None:
    release("0.0.1", application=retained)
    assert run("0.0.9")[2] == "error: release 0.0.9 does not exist; there are: 0.0.1\n"
    known = "0.0.1 has no template app; there are: application"
    assert run("0.0.1", "0.0.1", "--template", "app")[2] == f"error: {known}\n"


def test_a_release_that_has_changed_is_not_compared(
    run: Run, tmp_path: Path, retained: TemplateDict
) -> None:
    release("0.0.1", application=retained)
    (tmp_path / RELEASES / "0.0.1/application.yaml").write_text('{"Resources": {}}')
    code, _, err = run("0.0.1")
    assert code == 2
    assert err.startswith("error: released bytes have changed: ")


def test_outside_a_checkout_no_changelog_has_to_announce_anything(
    run: Run, write: Any, retained: TemplateDict, changed: TemplateDict
) -> None:
    Path("CHANGELOG.md").unlink()
    del changed["Resources"]["Ledger"]
    code, _, err = run(write("a", retained), write("b", changed))
    assert (code, err) == (4, "")


def test_values_of_parameters_are_those_of_the_stack(run: Run, write: Any) -> None:
    """What another value would have done is no danger to this stack."""
    choice = {"Type": "String", "Default": "no"}
    old = {
        "Parameters": {"Queue": choice, "Name": {"Type": "String", "Default": "old"}},
        "Conditions": {"Wanted": {"Fn::Equals": [{"Ref": "Queue"}, "yes"]}},
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Name"}}},
            "Queue": {
                "Type": "AWS::SQS::Queue",
                "Condition": "Wanted",
                "Properties": {"QueueName": "old"},
            },
        },
    }
    new = json.loads(json.dumps(old))
    new["Resources"]["Queue"]["Properties"]["QueueName"] = "new"
    new["Parameters"]["Name"]["Default"] = "new"
    files = write("a", old), write("b", new)
    assert " Queue " in run(*files)[1]
    assert " Queue " in run(*files, "--parameter", "Queue=yes")[1]
    _, out, _ = run(*files, "--parameter", "Queue=no")
    assert " Queue " not in out
    assert " Topic " not in out, "what is not given is the old default, and stays"
