"""The form: complete, constrained, and refusing what cannot work in plain words."""

import re
from typing import Any

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template

TemplateDict = dict[str, Any]

DEFAULTS = {
    "CompletionEvents": "Off",
    "LedgerWarmThroughput": "",
    "MaximumPollers": "",
    "MinimumPollers": "",
    "Tracing": "Off",
    "VpcSecurityGroupIds": "",
    "VpcSubnetIds": "",
    "EnvironmentSuffix": "dev",
    "UploadPrefix": "uploads/",
    "LogRetentionDays": "7",
    "VersionRetentionDays": "90",
    "FunctionMemory": "256",
    "FunctionTimeout": "60",
    "MaximumConcurrency": "10",
    "AlarmEmail": "",
    "Encryption": "AwsManaged",
    "PermissionsBoundaryArn": "",
    "CodeBucket": "",
    "CodeKey": "",
    "Processor": "index:sign_receipt",
}


def accepts(parameter: dict[str, Any], value: str) -> bool:
    """Whether CloudFormation would accept the value."""
    if "AllowedValues" in parameter:
        return value in parameter["AllowedValues"]
    if parameter["Type"] == "Number":
        return value.isdigit() and parameter["MinValue"] <= int(value) <= parameter["MaxValue"]
    fits = len(value) <= parameter.get("MaxLength", 4096)
    return fits and re.fullmatch(parameter["AllowedPattern"], value) is not None


def test_defaults_work_and_are_strings(template: TemplateDict) -> None:
    """Taskcat silently ignores the override of a default that is a number."""
    parameters = template["Parameters"]
    assert {name: parameter["Default"] for name, parameter in parameters.items()} == DEFAULTS
    for name, parameter in parameters.items():
        assert accepts(parameter, parameter["Default"]), name


def test_every_parameter_says_what_it_takes(template: TemplateDict) -> None:
    for name, parameter in template["Parameters"].items():
        assert parameter["Description"].endswith("."), name
        assert parameter["ConstraintDescription"].startswith("must be "), name


def test_every_parameter_is_labelled_and_in_one_group(template: TemplateDict) -> None:
    interface = template["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]
    assert sorted(grouped) == sorted(template["Parameters"])
    assert set(interface["ParameterLabels"]) == set(template["Parameters"])


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("EnvironmentSuffix", "eu-1", "Dev"),
        ("EnvironmentSuffix", "a" * 12, "a" * 13),
        ("EnvironmentSuffix", "a", "-a"),
        ("UploadPrefix", "in/eu-1/2026/", "in/*/"),
        ("UploadPrefix", "x/", "/x/"),
        ("UploadPrefix", "uploads/", "uploads"),
        ("UploadPrefix", "uploads/", ""),
        ("LogRetentionDays", "365", "8"),
        ("VersionRetentionDays", "1", "0"),
        ("VersionRetentionDays", "3650", "3651"),
        ("FunctionMemory", "10240", "64"),
        ("FunctionTimeout", "900", "901"),
        ("MaximumConcurrency", "2", "1"),
        ("AlarmEmail", "", "nobody"),
        ("AlarmEmail", "on-call@example.com", "a@b"),
        ("Encryption", "CustomerManaged", "None"),
        ("PermissionsBoundaryArn", "arn:aws:iam::123456789012:policy/a/b", "arn:aws:iam::1:x"),
        ("PermissionsBoundaryArn", "arn:aws:iam::aws:policy/PowerUserAccess", "PowerUserAccess"),
        ("CodeBucket", "my-code.eu", "My_Code"),
        ("CodeKey", "releases/1/code.zip", "code.tar.gz"),
        ("CodeKey", "a" * 252 + ".zip", "a" * 253 + ".zip"),
        ("CodeKey", "my code+1.zip", "code(1).zip"),
        ("Processor", "pkg.thumbnails:make", "thumbnails"),
        ("Processor", "a:" + "b" * 126, "a:" + "b" * 127),
        ("AlarmEmail", "a" * 246 + "@b.c.org", "a" * 247 + "@b.c.org"),
        ("PermissionsBoundaryArn", "arn:aws:iam::aws:policy/a", "arn:aws-cn:iam::aws:policy/a"),
        ("PermissionsBoundaryArn", "", 'arn:aws:iam::aws:policy/"'),
    ],
)
def test_constraints(template: TemplateDict, name: str, good: str, bad: str) -> None:
    assert accepts(template["Parameters"][name], good)
    assert not accepts(template["Parameters"][name], bad)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, None),
        ({"CodeBucket": "code", "CodeKey": "a.zip"}, None),
        ({"CodeBucket": "code", "CodeKey": "a.zip", "Processor": "own:run"}, None),
        ({"CodeBucket": "code"}, "CodeBucket is set and CodeKey is not"),
        ({"CodeKey": "a.zip"}, "CodeKey is set and CodeBucket is not"),
        ({"Processor": "own:run"}, "only the processor index:sign_receipt"),
    ],
)
def test_rules(template: TemplateDict, changes: dict[str, str], words: str | None) -> None:
    given = {"AWS::Region": "us-west-2", **DEFAULTS, **changes}
    stack = Evaluation(template=Template(content=template), given=given)
    refusals = [
        assertion["AssertDescription"]
        for rule in template["Rules"].values()
        if stack.condition(rule.get("RuleCondition", True))
        for assertion in rule["Assertions"]
        if not stack.condition(assertion["Assert"])
    ]
    if words is None:
        assert not refusals
    else:
        assert any(words in refusal for refusal in refusals)
