"""Reading a deployed stack: every way in which it can fail is said in words."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, NoCredentialsError

from serverlessapp.cli.main import main
from serverlessapp.diff.sources import source

TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


class CloudFormation:
    """Answers as the tests say."""

    meta = SimpleNamespace(region_name="eu-west-1")

    def __init__(self, body: Any, error: Exception | None = None) -> None:
        self.body, self.error = body, error

    def describe_stacks(self, **_: str) -> dict[str, Any]:
        if self.error:
            raise self.error
        parameter = {"ParameterKey": "P", "ParameterValue": "v"}
        return {"Stacks": [{"Parameters": [parameter]}]}

    def get_template(self, **_: str) -> dict[str, Any]:
        return {"TemplateBody": self.body}


def answering(
    monkeypatch: pytest.MonkeyPatch, body: Any = None, error: Exception | None = None
) -> None:
    monkeypatch.setattr(boto3.Session, "client", lambda *_, **__: CloudFormation(body, error))


def refusal(message: str) -> ClientError:
    return ClientError({"Error": {"Code": "X", "Message": message}}, "DescribeStacks")


@pytest.mark.parametrize("body", [TEMPLATE, json.dumps(TEMPLATE)])
def test_template_and_parameters(body: Any) -> None:
    stack = source("stack:files", lambda service: CloudFormation(body))
    assert (stack.name, stack.is_single) == ("stack:files", True)
    assert stack.parameters == {"P": "v"}
    assert [template.content for template in stack.templates.values()] == [TEMPLATE]


def test_a_change_set_lists_more_than_changes_and_the_report_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
    mapping = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": source}
    queue = {"Type": "AWS::SQS::Queue"}
    answering(monkeypatch, {"Resources": {"Queue": queue, "Mapping": mapping}})
    slower = {**queue, "Properties": {"DelaySeconds": 1}}
    new = tmp_path / "new.json"
    new.write_text(json.dumps({"Resources": {"Queue": slower, "Mapping": mapping}}))

    assert main(["diff", "stack:files", str(new)]) == 0
    assert "The change set will also list Mapping: they refer" in capsys.readouterr().out
    assert main(["diff", "stack:files", str(new), "--json"]) == 0
    (template,) = json.loads(capsys.readouterr().out)["templates"]
    assert [(change["logical_id"], change["replacement"]) for change in template["change_set"]] == [
        ("Queue", "False"),
        ("Mapping", "Conditional"),
    ]


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        (
            None,
            refusal("Stack with id files does not exist"),
            "stack files does not exist in eu-west-1",
        ),
        (None, refusal("AccessDenied: not you"), "AccessDenied: not you"),
        (None, NoCredentialsError(), "Unable to locate credentials"),
        ("Resources: {", None, "the template of stack files: it is not valid YAML"),
    ],
)
def test_errors(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    body: Any,
    error: Exception | None,
    words: str,
) -> None:
    answering(monkeypatch, body, error)
    assert main(["diff", "stack:files", "any.json"]) == 2
    assert words in capsys.readouterr().err


def test_without_a_region(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    assert main(["diff", "stack:files"]) == 2
    advice = "give --region, or set AWS_DEFAULT_REGION"
    assert capsys.readouterr().err == f"error: You must specify a region: {advice}\n"


def test_the_diff_shows_what_another_environment_suffix_would_do(
    monkeypatch: pytest.MonkeyPatch, retained: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is part of two physical names, so it cannot be changed without losing what they name."""
    answering(monkeypatch, retained)
    assert main(["diff", "stack:files", "stack:files"]) == 0
    capsys.readouterr()
    other = ["--parameter", "EnvironmentSuffix=other"]
    assert main(["diff", "stack:files", "stack:files", *other]) == 4
    told = capsys.readouterr()
    assert told.out.endswith("worst: data at risk\n"), "nothing about a release"
    assert told.err == ""
    assert main(["diff", "stack:files", "stack:files", *other, "--json"]) == 4
    (template,) = json.loads(capsys.readouterr().out)["templates"]
    endangered = {row["subject"] for row in template["findings"] if row["risk"] == "data"}
    assert endangered == {"IngestQueue", "UploadBucket"}
