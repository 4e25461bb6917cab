"""A template becomes pipelines and projects, once for each way in which conditions turn out."""

from copy import deepcopy
from itertools import combinations, product
from typing import Any

import pytest

from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.pipeline.delivery import Delivery, deliveries
from serverlessapp.template.reading import Template, TemplateError
from serverlessapp.template.situations import situations
from serverlessapp.template.values import Kind, Unknown
from tests.unit.pipeline.rendered import TEMPLATE
from tests.unit.serverlessapp.rules.pipelines.mutations import SOURCE


def read(template: dict[str, Any], **given: str) -> list[Delivery]:
    return deliveries(Evaluation(template=Template(content=template), given=given), SOURCE)


def optional(*regions: str) -> dict[str, Any]:
    """Return a pipeline that also deploys to Regions for which it is asked, unless in them."""
    template = deepcopy(TEMPLATE)
    properties = template["Resources"]["Pipeline"]["Properties"]
    (stage,) = [each for each in properties["Stages"] if each["Name"] == "DeployProd"]
    for region in regions:
        name = region.replace("-", "")
        template["Parameters"][name] = {"Type": "String"}
        template.setdefault("Conditions", {})[name] = {
            "Fn::And": [
                {"Fn::Equals": [{"Ref": name}, "true"]},
                {"Fn::Not": [{"Fn::Equals": [{"Ref": "AWS::Region"}, region]}]},
            ]
        }
        action = {**stage["Actions"][0], "Name": name, "Region": region}
        stage["Actions"].append({"Fn::If": [name, action, {"Ref": "AWS::NoValue"}]})
    return template


EXTRA = ("us-east-1", "eu-west-1")


def test_every_region_is_tried_on_and_off() -> None:
    tried = {
        frozenset(EXTRA) & {action.region for action in delivery.actions()}
        for delivery in read(optional(*EXTRA))
    }
    chosen = product((True, False), repeat=len(EXTRA))
    assert tried == {frozenset(n for n, on in zip(EXTRA, each) if on) for each in chosen}


def test_conditions_of_other_resources_do_not_matter() -> None:
    template = deepcopy(TEMPLATE)
    for number in range(20):
        name = f"P{number}"
        template["Parameters"][name] = {"Type": "String"}
        template.setdefault("Conditions", {})[name] = {"Fn::Equals": [{"Ref": name}, "x"]}
        template["Resources"][name] = {"Type": "AWS::SNS::Topic", "Condition": name}
    assert len(read(template)) == len(read(TEMPLATE))


def test_of_too_many_ways_any_two_conditions_turn_out_in_each() -> None:
    template = deepcopy(TEMPLATE)
    names = [f"P{number}" for number in range(9)]
    variables = template["Resources"]["Taskcat"]["Properties"]["Environment"]
    variables["EnvironmentVariables"] = [
        {"Name": name, "Value": {"Fn::If": [name, "a", "b"]}} for name in names
    ]
    for name in names:
        template["Parameters"][name] = {"Type": "String"}
        template.setdefault("Conditions", {})[name] = {"Fn::Equals": [{"Ref": name}, "x"]}
    ways = [delivery.evaluation.decided for delivery in read(template)]
    assert len(ways) < 100
    for one, other in combinations(names, 2):
        assert len({(way[one], way[other]) for way in ways}) == 4


def test_conditions_are_combined_once_also_if_the_rest_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each rule asks, and of 14 conditions there are 16,384 combinations."""
    asked = []

    def combined(*arguments: Any) -> Any:
        asked.append(arguments)
        return situations(*arguments)

    monkeypatch.setattr("serverlessapp.template.pipeline.delivery.situations", combined)
    template = deepcopy(TEMPLATE)
    template["Resources"]["Broken"] = {
        "Type": "AWS::CodeBuild::Project",
        "Properties": {"Name": {"Fn::Select": ["x", ["a"]]}},
    }
    evaluation = Evaluation(template=Template(content=template))
    for _ in range(2):
        with pytest.raises(TemplateError, match="Fn::Select"):
            deliveries(evaluation)
    assert len(asked) == 1


def test_a_project_is_found_by_its_reference_and_by_its_name() -> None:
    template = deepcopy(TEMPLATE)
    template["Resources"]["Taskcat"]["Properties"]["Name"] = "tests"
    for name in ("tests", {"Ref": "Taskcat"}):
        stages = template["Resources"]["Pipeline"]["Properties"]["Stages"]
        (stage,) = [each for each in stages if each["Name"] == "Test"]
        stage["Actions"][0]["Configuration"]["ProjectName"] = name
        for delivery in read(template):
            (action,) = [each for each in delivery.actions() if each.name == "Taskcat"]
            project = delivery.project_of(action)
            assert project
            assert project.raw.place == ("Resources", "Taskcat", "Properties")


def test_a_region_that_conditions_exclude_is_not_the_stacks() -> None:
    deploying = [
        delivery
        for delivery in read(optional("us-east-1"))
        if any(action.region == "us-east-1" for action in delivery.actions())
    ]
    assert deploying
    assert not any(delivery.can_be_in("us-east-1") for delivery in deploying)
    assert any(delivery.can_be_in("us-east-1") for delivery in read(optional("us-east-1")))


def test_a_role_is_known_by_whom_it_trusts() -> None:
    role = read(TEMPLATE)[0].roles[Unknown(Kind.ATTRIBUTE, "PipelineRole", "Arn")]
    assert role.trusts == {"codepipeline.amazonaws.com"}


@pytest.mark.parametrize(
    ("document", "trusts"),
    [
        ('{"Statement": {"Effect": "Allow", "Principal": {"Service": ["a", "b"]}}}', {"a", "b"}),
        ({"Statement": [{"Effect": "Deny", "Principal": {"Service": "a"}}]}, set()),
        ({"Statement": [{"Effect": "Allow", "NotPrincipal": {"Service": "a"}}]}, {"*"}),
        ({"Fn::Transform": {"Name": "AWS::Include"}}, {"*"}),
    ],
)
def test_a_trust_policy_that_is_not_known_trusts_anybody(document: Any, trusts: set[str]) -> None:
    template = deepcopy(TEMPLATE)
    role = template["Resources"]["PipelineRole"]["Properties"]
    role["AssumeRolePolicyDocument"] = document
    arn = Unknown(Kind.ATTRIBUTE, "PipelineRole", "Arn")
    assert {delivery.roles[arn].trusts for delivery in read(template)} == {frozenset(trusts)}


@pytest.mark.parametrize(
    "stages",
    ["x", ["x"], [{"Name": "A"}, {"Actions": []}], {"Fn::Transform": {"Name": "AWS::Include"}}],
)
def test_what_is_malformed_is_left_out(stages: Any) -> None:
    properties = {"RoleArn": "x", "Stages": stages}
    template = {
        "Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": properties}}
    }
    assert [delivery.pipelines for delivery in read(template)] == [()]
