"""What ``serverlessapp validate`` says, and about what it says nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from serverlessapp.cli.main import main
from serverlessapp.errors import OperatorError
from serverlessapp.validation import Validation, Violation, validate

pytestmark = pytest.mark.once

QUEUE = """\
Parameters:
  Name:
    Type: String
    AllowedPattern: "[a-z]+"
  Names:
    Type: CommaDelimitedList
    Default: a,b
Conditions:
  Named: !Equals [!Ref Name, queue]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !If [Named, !Ref Name, !Select [0, !Ref Names]]
      DelaySeconds: 0
"""
TLS = "W9309"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that it runs in, which has no configuration."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def validated(text: str | bytes, **values: str) -> Validation:
    path = Path("template.yaml")
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return validate(path, values)


def rules(result: Validation) -> list[str]:
    return [violation.rule for violation in result.violations]


def test_a_warning_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("template.yaml").write_text(QUEUE)
    assert main(["validate", "template.yaml"]) == 0
    said = capsys.readouterr().out
    assert "template.yaml:11: W9309 " in said
    assert "0 errors, 1 warning; 2 combinations" in said


def test_an_error_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    Path("template.yaml").write_text(QUEUE.replace("Seconds: 0", "Seconds: long"))
    assert main(["validate", "template.yaml", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["combinations"] == 2
    (error,) = (found for found in document["findings"] if found["severity"] == "error")
    assert (error["rule"], error["line"]) == ("E3012", 15)
    assert error["path"] == "Resources.Queue.Properties.DelaySeconds"


def test_a_parameter_decides_conditions_and_the_others_need_no_value() -> None:
    assert validated(QUEUE).combinations == 2
    result = validated(QUEUE, Names="x,y")
    assert (result.combinations, rules(result)) == (2, [TLS])
    result = validated(QUEUE, Name="queue")
    assert (result.combinations, rules(result)) == (1, [TLS])
    assert validated(QUEUE, **{"AWS::Region": "eu-west-1"}).combinations == 2


@pytest.mark.parametrize(("name", "value"), [("Other", "x"), ("Name", "UPPER")])
def test_a_wrong_parameter_is_wrong_usage(
    name: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("template.yaml").write_text(QUEUE)
    assert main(["validate", "template.yaml", "--parameter", f"{name}={value}"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ({"AllowedPattern": "\\p{Lower}+"}, "x"),
        ({"MinLength": "x"}, "x"),
        ({"AllowedValues": 1}, ""),
    ],
)
def test_constraints_that_cannot_be_understood_refuse_nothing(
    definition: dict[str, Any], value: str
) -> None:
    content = {"Parameters": {"A": {"Type": "String", **definition}}, "Resources": {}}
    assert validated(json.dumps(content), A=value).combinations == 1


@pytest.mark.parametrize("text", [b"\xff", b"a: [", b"- a", b"A: 1\nA: 2"])
def test_what_cannot_be_read_is_refused(text: bytes) -> None:
    with pytest.raises(OperatorError, match=r"template\.yaml"):
        validated(text)


def test_a_resource_tells_cfn_lint_what_to_ignore() -> None:
    metadata = (
        "    Metadata: {cfn-lint: {config: {ignore_checks: [W9309]}, reasons: {W9309: why}}}\n"
    )
    ignoring = QUEUE.replace("AWS::SQS::Queue\n", f"AWS::SQS::Queue\n{metadata}")
    assert rules(validated(ignoring)) == []
    other = "  Other:\n    Type: AWS::SQS::Queue\n"
    (violation,) = validated(ignoring + other).violations
    assert (violation.rule, violation.path) == (TLS, "Resources.Other")


def test_a_configuration_of_cfn_lint_is_taken() -> None:
    Path(".cfnlintrc").write_text("ignore_checks: [W93]\nappend_rules: [serverlessapp.rules]")
    assert rules(validated(QUEUE)) == []
    for wrong in ("regions: [mars-1]", "append_rules: [missing]", "a: [", "nonsense: 1"):
        Path(".cfnlintrc").write_text(wrong)
        with pytest.raises(OperatorError, match="cfn-lint"):
            validated(QUEUE)


def test_names_that_are_truth_values_to_cfn_lint_are_read() -> None:
    text = QUEUE.replace("Named:", "On:").replace("[Named", "['On'")
    (violation,) = validated(text).violations
    assert (violation.rule, violation.line) == (TLS, 11)


def test_names_that_are_numbers_to_cfn_lint_are_read() -> None:
    mapping = "Mappings:\n  Accounts:\n    123456789012:\n      On: 2012-10-17\n"
    assert [rule for rule in rules(validated(mapping + QUEUE)) if rule[1] == "9"] == [TLS]


def test_what_cfn_lint_cannot_go_through_is_an_error() -> None:
    result = validated("Resources: {A: {Type: AWS::SQS::Queue, Metadata: text}}")
    assert result.failed
    assert rules(result) == ["E0002"]


def test_it_says_why_conditions_are_not_counted() -> None:
    loop = "  Fn::ForEach::Q: [N, !Ref Names, {'Q${N}': {Type: AWS::SNS::Topic}}]\n"
    looped = f"Transform: AWS::LanguageExtensions\n{QUEUE}{loop}"
    uncounted = validated(looped)
    assert "give its parameter" in uncounted.text()
    assert uncounted.document()["combinations"] is None
    assert validated(looped, Names="x,y").combinations == 2


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    assert rules(validated(b"\xef\xbb\xbf" + QUEUE.replace("\n", "\r\n").encode())) == [TLS]


def test_a_long_list_of_what_would_be_allowed_is_cut_for_people() -> None:
    words = f"'x' is not one of {list(range(1000))}\a"
    told = Violation(line=1, rule="E3030", severity="error", path="", message=words)
    result = Validation(file=Path("a.yaml"), violations=[told], combinations="because")
    assert len(result.text()) < 400
    assert result.document()["findings"][0]["message"] == words


def test_a_function_whose_transform_is_not_there_is_a_warning() -> None:
    topic = "{Type: AWS::SNS::Topic, Properties: {DisplayName: !ToJsonString {a: b}}}"
    found = validated(f"Resources:\n  Topic: {topic}\n")
    assert not found.failed
    assert ("E1031", "warning") in {(each.rule, each.severity) for each in found.violations}
