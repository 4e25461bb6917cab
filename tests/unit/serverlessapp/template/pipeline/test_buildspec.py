"""Buildspecs: inline, in the source, with holes, or where only AWS can read them."""

from pathlib import Path

import pytest

from serverlessapp.template.pipeline.buildspec import HOLE, BuildspecError, find, parse
from serverlessapp.template.values import Kind, Text, Unknown

REGION = Unknown(Kind.PSEUDO, "AWS::Region")


def test_a_buildspec_is_a_file_of_the_source_or_inline(tmp_path: Path) -> None:
    (tmp_path / "buildspec.yml").write_text("phases: {build: {commands: [one]}}")
    (tmp_path / "other.json").write_text('{"phases": {"build": {"commands": ["two"]}}}')
    texts = ("", "other.json", '{"phases": {"build": {"commands": ["three"]}}}')
    found = [find(text, tmp_path) for text in texts]
    assert [list(spec.commands()) if spec else None for spec in found] == [
        ["one"],
        ["two"],
        ["three"],
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("missing.yml", "no readable missing.yml"),
        ("a\0b", "no readable"),
        ("a: [\n", "YAML in line 2"),
        ("- a\n- b\n", "has no sections"),
        ('{"a": ' * 100_000, "inline"),
    ],
)
def test_what_is_no_buildspec_is_refused(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(BuildspecError, match=words):
        find(text, tmp_path)


@pytest.mark.parametrize(
    "value",
    [
        "arn:aws:s3:::bucket/buildspec.yml",
        REGION,
        Text((REGION, "/buildspec.yml")),
        Text(("a: [\n", REGION)),
    ],
)
def test_what_only_aws_can_read_is_not_known(value: object, tmp_path: Path) -> None:
    assert find(value, tmp_path) is None
    assert find("buildspec.yml", None) is None


def test_an_unknown_part_is_a_hole() -> None:
    spec = find(Text(("phases:\n  build:\n    commands: [echo ", REGION, "]\n")), None)
    assert spec
    assert list(spec.commands()) == [f"echo {HOLE}"]


def test_commands_come_in_the_order_of_the_phases() -> None:
    spec = parse(
        "phases:\n"
        "  build: {commands: [build], finally: [always]}\n"
        "  install: {commands: [install]}\n",
        "inline",
    )
    assert list(spec.commands()) == ["install", "build", "always"]


def test_one_output_is_the_main_artifact_and_several_are_secondary() -> None:
    spec = parse("artifacts:\n  files: [a]\n  secondary-artifacts: {Two: {files: [b]}}\n", "inline")
    assert spec.artifact("One", alone=True)["files"] == ["a"]
    assert spec.artifact("Two", alone=True)["files"] == ["b"]
    assert not spec.artifact("One", alone=False)
