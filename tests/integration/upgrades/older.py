"""A release that never was: today's template, as it might have been a few versions ago."""

import json
from typing import Any

from generators.application import build
from generators.render import render
from generators.retention import Retention
from serverlessapp.template.reading import load

VERSION = "0.0.1"
TemplateDict = dict[str, Any]


def templates() -> dict[str, bytes]:
    """Return both templates by file name."""
    return {
        f"{kind.value}.yaml": json.dumps(older(kind), separators=(",", ":")).encode()
        for kind in Retention
    }


def older(kind: Retention) -> TemplateDict:
    """Return a template that differs from today's in every way an upgrade may bring.

    Seen from it, the upgrade changes code, a mapping and a literal value, adds an alarm, a
    parameter and an output, takes away a topic, and replaces a topic and an alarm that had names.
    """
    template: TemplateDict = load(render(build(kind)))
    resources = template["Resources"]
    template["Metadata"]["ServerlessApp"]["Version"] = VERSION
    template["Outputs"]["TemplateVersion"]["Value"] = VERSION
    del template["Outputs"]["CodeDigest"]

    function = resources["FileProcessor"]["Properties"]
    function["Tags"] = [tag for tag in function["Tags"] if tag["Key"] != "CodeDigest"]
    function["Code"]["Fn::If"][2]["ZipFile"] += "VERSION = 1\n"
    template["Mappings"]["Timeouts"]["60"]["Visibility"] = "300"
    resources["Secret"]["Properties"]["Description"] = "Signs receipts"
    del template["Parameters"]["MaximumConcurrency"]
    resources["IngestMapping"]["Properties"]["ScalingConfig"] = {"MaximumConcurrency": 5}
    for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]:
        group["Parameters"] = [one for one in group["Parameters"] if one != "MaximumConcurrency"]

    del resources["FunctionThrottlesAlarm"]
    resources["OldTopic"] = {"Type": "AWS::SNS::Topic", "Properties": {}}
    resources["AlarmTopic"]["Properties"]["TopicName"] = {"Fn::Sub": "${AWS::StackName}-alarms"}
    resources["BacklogAlarm"]["Properties"]["AlarmName"] = {"Fn::Sub": "${AWS::StackName}-backlog"}
    return template
