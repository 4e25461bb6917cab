"""Options change what they say and nothing else; off, the stack is what it was without them."""

from collections.abc import Mapping
from typing import Any

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from serverlessapp.releases.archive import RELEASES
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template, parse, read
from tests.fixture_lanes import lane

TEMPLATE = parse(render(build(Retention.RETAINED, [lane()])))
# What has changed since 0.3.0, before there were options.
SINCE = {
    *(("Dashboard", "DashboardBody"), ("FailuresQuery", "QueryString")),
    *(("FileProcessor", "Code"), ("FileProcessor", "Tags")),
    *(("FileProcessor", "Environment"), ("FileProcessor", "LoggingConfig")),
    *(("FileProcessorPolicy", "PolicyDocument"), ("Ledger", "SSESpecification")),
}
TEXTS = {"AlarmDescription", "Description"}
NETWORK = {"VpcSubnetIds": "subnet-0a1b2c3d", "VpcSecurityGroupIds": "sg-0a1b2c3d,sg-1a1b2c3d"}
POLLERS = {"MinimumPollers": "2", "MaximumPollers": "20"}

Change = tuple[str, str]  # logical ID and property, or "" for all of them


def evaluated(template: Template, given: Mapping[str, str]) -> Evaluation:
    """Return a template as it is launched with these parameters, and defaults for the others."""
    parameters = template.section("Parameters")
    defaults = {name: item["Default"] for name, item in parameters.items() if "Default" in item}
    return Evaluation(template=template, given={**defaults, "AWS::Region": "eu-west-1", **given})


def deployed(template: Template, given: Mapping[str, str]) -> dict[str, Mapping[str, Any]]:
    return {each.title: each.properties for each in evaluated(template, given).resources()}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[Change]:
    found = {(title, "") for title in before.keys() ^ after.keys()}
    for title in before.keys() & after.keys():
        for name in (before[title].keys() | after[title].keys()) - TEXTS:
            if str(before[title].get(name)) != str(after[title].get(name)):
                found.add((title, name))
    return found


def refused(given: Mapping[str, str]) -> list[str]:
    """Return the rules that refuse a launch."""
    evaluation = evaluated(TEMPLATE, given)
    return [
        name
        for name, rule in TEMPLATE.section("Rules").items()
        if evaluation.condition(rule.get("RuleCondition", True)) is True
        and not all(evaluation.condition(each["Assert"]) for each in rule["Assertions"])
    ]


def test_in_a_vpc_lambda_may_do_what_aws_calls_the_minimum() -> None:
    # AWS Managed Policy Reference Guide, "AWSLambdaVPCAccessExecutionRole", version 3.
    minimum = {
        *("AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface"),
        *("DescribeNetworkInterfaces", "DescribeSubnets", "UnassignPrivateIpAddresses"),
    }
    policy = deployed(TEMPLATE, NETWORK)["NetworkPolicy"]["PolicyDocument"]
    actions = {action for each in policy["Statement"] for action in each["Action"]}
    assert actions == {f"ec2:{name}" for name in minimum}


def test_off_is_as_it_was() -> None:
    release = read(RELEASES / "0.3.0" / "application.yaml")
    assert changes(deployed(release, {}), deployed(TEMPLATE, {})) == SINCE


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"CompletionEvents": "On"},
            {
                *(("CompletionEventPipe", ""), ("CompletionEventPipeAlarm", "")),
                ("CompletionEventPipeRole", ""),
                *(("UndeliveredEvents", ""), ("UndeliveredEventsAlarm", "")),
                *(("UndeliveredEventsPolicy", ""), ("Ledger", "StreamSpecification")),
            },
        ),
        ({"Tracing": "Active"}, {("TracingPolicy", ""), ("FileProcessor", "TracingConfig")}),
        (NETWORK, {("NetworkPolicy", ""), ("FileProcessor", "VpcConfig")}),
        (
            POLLERS,
            {("IngestMapping", "ScalingConfig"), ("IngestMapping", "ProvisionedPollerConfig")},
        ),
        ({"LedgerWarmThroughput": "40000"}, {("Ledger", "WarmThroughput")}),
    ],
)
def test_an_option_changes_this_and_nothing_else(
    given: dict[str, str], expected: set[Change]
) -> None:
    assert not refused(given)
    assert changes(deployed(TEMPLATE, {}), deployed(TEMPLATE, given)) == expected


def test_lists_arrive_as_lists_and_both_modes_never_together() -> None:
    stack = deployed(TEMPLATE, {**NETWORK, **POLLERS})
    assert stack["FileProcessor"]["VpcConfig"] == {
        "SubnetIds": ["subnet-0a1b2c3d"],
        "SecurityGroupIds": ["sg-0a1b2c3d", "sg-1a1b2c3d"],
    }
    # "To remove the scaling configuration, pass an empty value" (CloudFormation Template Reference,
    # "AWS::Lambda::EventSourceMapping"): without one, a stack in use may keep its concurrency.
    assert stack["IngestMapping"]["ScalingConfig"] == {}


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        *(({name: value}, "NetworkNeedsBoth") for name, value in NETWORK.items()),
        *(({name: value}, "PollersNeedsBoth") for name, value in POLLERS.items()),
        ({**POLLERS, "MaximumConcurrency": "5"}, "PollersReplaceConcurrency"),
        ({"CompletionEvents": "On", "AWS::Region": "mx-central-1"}, "CompletionEventsNeedPipes"),
    ],
)
def test_what_cannot_be_together_is_refused(given: dict[str, str], rule: str) -> None:
    assert refused(given) == [rule]


def test_a_region_without_pipes_takes_a_stack_without_events() -> None:
    assert not refused({"AWS::Region": "mx-central-1"})


@pytest.mark.parametrize(
    ("path", "policy"),
    [
        (("TracingConfig", "Mode"), "TracingPolicy"),
        (("VpcConfig", "SubnetIds", "Fn::Split", 1), "NetworkPolicy"),
    ],
)
def test_the_function_waits_for_what_lambda_asks_its_role(path: Any, policy: str) -> None:
    function = TEMPLATE.section("Resources")["FileProcessor"]["Properties"]
    value = function[path[0]]["Fn::If"][1]
    for name in path[1:]:
        value = value[name]
    index, choices = value["Fn::Select"]
    assert (index, choices[1]) == (0, {"Ref": policy})
    roles = TEMPLATE.section("Resources")[policy]["Properties"]["Roles"]
    assert roles == [{"Ref": "FileProcessorRole"}]
