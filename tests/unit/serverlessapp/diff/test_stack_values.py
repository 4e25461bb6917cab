"""A stack's parameters as CloudFormation tells them, and what an update gives instead."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from serverlessapp.cli.main import main

from .test_deployed import CloudFormation

TemplateDict = dict[str, Any]
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic"}}
TABLE = {"Table": {"Type": "AWS::DynamoDB::Table", "Condition": "On"}}


class Stack(CloudFormation):
    """A stack with these parameters."""

    def __init__(self, body: TemplateDict, *parameters: dict[str, str]) -> None:
        super().__init__(body)
        self.parameters = parameters
        self.imports: list[str] | str = []

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        output = {"OutputKey": "O", "OutputValue": "a", "ExportName": "name"}
        return {"Stacks": [{"Parameters": list(self.parameters), "Outputs": [output]}]}

    def list_imports(self, **_: str) -> dict[str, Any]:
        if isinstance(self.imports, str):
            raise ClientError({"Error": {"Message": self.imports}}, "ListImports")
        return {"Imports": self.imports}


@pytest.fixture
def diff(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Return a function that compares a stack, outside of a checkout."""
    monkeypatch.chdir(tmp_path)

    def run(stack: Stack, new: TemplateDict | None, *arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(boto3.Session, "client", lambda *_, **__: stack)
        if new is not None:
            Path("new.json").write_text(json.dumps(new))
            arguments = ("new.json", *arguments)
        code = main(["diff", "stack:files", *arguments])
        told = capsys.readouterr()
        return code, told.out + told.err

    return run


def parameter(name: str, value: str, **more: str) -> dict[str, str]:
    return {"ParameterKey": name, "ParameterValue": value, **more}


def conditional(definition: TemplateDict, wanted: Any) -> TemplateDict:
    """Return a template with a table that is there where the parameter has a value."""
    return {
        "Parameters": {"P": definition},
        "Conditions": {"On": {"Fn::Equals": [{"Ref": "P"}, wanted]}},
        "Resources": {**TOPIC, **TABLE},
    }


def without_table(definition: TemplateDict) -> TemplateDict:
    return {"Parameters": {"P": definition}, "Resources": TOPIC}


@pytest.mark.parametrize(
    ("definition", "value", "wanted", "code"),
    [
        ({"Type": "String"}, parameter("P", "true"), True, 4),
        ({"Type": "String"}, parameter("P", "True"), True, 0),
        ({"Type": "Number"}, parameter("P", "1"), 1, 4),
        ({"Type": "String", "NoEcho": True}, parameter("P", "****"), "secret", 4),
        ({"Type": "String", "NoEcho": "true", "Default": "x"}, parameter("P", "****"), "y", 4),
        (
            {"Type": "AWS::SSM::Parameter::Value<String>"},
            parameter("P", "/key", ResolvedValue="on"),
            "on",
            4,
        ),
        (
            {"Type": "AWS::SSM::Parameter::Value<String>"},
            parameter("P", "/key", ResolvedValue="off"),
            "on",
            0,
        ),
        ({"Type": "AWS::SSM::Parameter::Value<String>"}, parameter("P", "on"), "/key", 4),
    ],
)
def test_what_a_condition_says_of_a_stack(
    diff: Any, definition: TemplateDict, value: dict[str, str], wanted: Any, code: int
) -> None:
    """A resource that may exist counts as existing; one that does not exist is not lost."""
    stack = Stack(conditional(definition, wanted), value)
    assert diff(stack, without_table(definition))[0] == code


@pytest.mark.parametrize(
    "definition",
    [
        {"Type": "String", "NoEcho": True},
        {"Type": "AWS::SSM::Parameter::Value<String>"},
        {"Type": "AWS::SSM::Parameter::Value<List<String>>"},
        {"Type": "CommaDelimitedList"},
    ],
)
def test_the_same_template_is_no_change_and_another_value_is(
    diff: Any, definition: TemplateDict
) -> None:
    template = {
        "Parameters": {"P": definition},
        "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "P"}}}},
    }
    for more in ({}, {"ResolvedValue": "a"}):
        stack = Stack(template, parameter("P", "/a", **more))
        assert "nothing changes" in diff(stack, template)[1]
        code, told = diff(stack, None, "--parameter", "P=/b")
        assert code == 3
        assert "replaced" in told


def test_lists_are_lists(diff: Any) -> None:
    def template(names: Any) -> TemplateDict:
        properties = {"SubscriptionList": names}
        return {
            "Parameters": {"P": {"Type": "CommaDelimitedList"}},
            "Resources": {"T": {"Type": "AWS::SNS::Topic", "Properties": properties}},
        }

    stack = Stack(template({"Ref": "P"}), parameter("P", "a, b"))
    assert "nothing changes" in diff(stack, template(["a", "b"]))[1]
    assert "modified" in diff(stack, template(["a"]))[1]


def test_a_loop_goes_through_what_the_stack_has(diff: Any) -> None:
    body = {"Q${N}": {"Type": "AWS::SQS::Queue"}}

    def template(names: Any) -> TemplateDict:
        return {
            "Transform": "AWS::LanguageExtensions",
            "Parameters": {"P": {"Type": "CommaDelimitedList"}},
            "Resources": {**TOPIC, "Fn::ForEach::Queues": ["N", names, body]},
        }

    stack = Stack(template({"Ref": "P"}), parameter("P", "A,B"))
    assert "nothing changes" in diff(stack, template(["A", "B"]))[1]
    code, told = diff(stack, template(["A"]))
    assert (code, " QB " in told, " QA " in told) == (4, True, False)
    assert diff(stack, None, "--parameter", "P=B")[0] == 4


def test_the_template_says_what_must_never_change(diff: Any, retained: TemplateDict) -> None:
    """Bucket and queue are called by the environment's suffix, and made anew with another."""
    stack = Stack(retained, parameter("EnvironmentSuffix", "dev"))
    code, told = diff(stack, None, "--parameter", "EnvironmentSuffix=prod")
    assert code == 4
    (line,) = (
        line for line in told.splitlines() if " replaced " in line and "UploadBucket " in line
    )
    assert "data at risk" in line
    assert "must never change" in told


def test_a_file_under_another_value(diff: Any, retained: TemplateDict, tmp_path: Path) -> None:
    file = tmp_path / "application.json"
    file.write_text(json.dumps(retained))
    assert main(["diff", str(file), str(file), "--parameter", "EnvironmentSuffix=prod"]) == 4
    assert main(["diff", str(file), "--parameter", "EnvironmentSuffix=prod"]) == 4
    assert main(["diff", str(file), str(file), "--parameter", "LogRetentionDays=30"]) < 4
    assert main(["diff", str(file), str(file)]) == 0


def test_a_stack_that_is_not_ours_needs_the_template_that_it_gets(
    diff: Any, retained: TemplateDict
) -> None:
    Path("templates").mkdir()
    Path("templates/application.yaml").write_text(json.dumps(retained))
    foreign = {"Resources": {**TOPIC, "UploadBucket": {"Type": "AWS::S3::Bucket"}}}
    code, told = diff(Stack(foreign), None)
    assert code == 2
    assert told.startswith("error: stack:files does not match a template of the working tree: name")
    assert told.count("\n") == 1
    assert diff(Stack(retained), None)[0] == 0
    assert diff(Stack(foreign), foreign)[0] == 0
    assert diff(Stack(foreign), None, "--template", "application")[0] == 4


def test_a_parameter_that_the_update_gives_is_not_missing(diff: Any) -> None:
    new = {"Parameters": {"New": {"Type": "String"}}, "Resources": TOPIC}
    stack = Stack({"Resources": TOPIC})
    assert diff(stack, new)[0] == 3
    assert diff(stack, new, "--parameter", "New=x")[0] == 0


@pytest.mark.parametrize(
    ("imports", "code", "words"),
    [
        (["one", "two"], 3, "because one, two imports it"),
        ([], 3, "if another stack imports it"),
        ("AccessDenied: not you", 3, "if another stack imports it"),
        ("Export 'name' is not imported by any stack.", 0, "its value"),
    ],
)
def test_who_imports_what_the_stack_exports(
    diff: Any, imports: list[str] | str, code: int, words: str
) -> None:
    def template(value: str) -> TemplateDict:
        output = {"Value": value, "Export": {"Name": "name"}}
        return {"Resources": TOPIC, "Outputs": {"O": output}}

    stack = Stack(template("a"))
    stack.imports = imports
    found, told = diff(stack, template("b"))
    assert found == code
    assert words in " ".join(told.split())
