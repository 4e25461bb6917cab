"""What the pipeline's roles may do, and what they may not."""

import json
import re
from typing import Any

import pytest

from pipeline import boundary
from pipeline.definition import build
from pipeline.regions import EXTRA

from .rendered import ALL_REGIONS, RESOURCES, all_actions, of_type, policies, resources


def test_each_action_has_a_role_of_its_own() -> None:
    roles = [
        action["RoleArn"]["Fn::GetAtt"][0]
        for action in all_actions(ALL_REGIONS)
        if action["ActionTypeId"]["Provider"] != "Manual"
    ]
    assert len(roles) == len(set(roles))
    projects = of_type("AWS::CodeBuild::Project").values()
    builders = [project["Properties"]["ServiceRole"]["Fn::GetAtt"][0] for project in projects]
    assert len(builders) == len(set(builders))
    used = {*roles, *builders, "PipelineRole", "WatchAlarmsRole"}
    assert used == of_type("AWS::IAM::Role").keys()


def test_the_pipeline_assumes_the_roles_of_its_actions_and_no_others() -> None:
    granted = next(s for name, s in policies() if s["Sid"] == "ActInTheRolesOfActions")
    roles = {
        re.search(r'"Fn::GetAtt": \["(\w+)"', json.dumps(arn))[1]  # type: ignore[index]
        for arn in granted["Resource"]
    }
    acting = {a["RoleArn"]["Fn::GetAtt"][0] for a in all_actions(ALL_REGIONS) if "RoleArn" in a}
    assert roles == acting | {"WatchAlarmsRole"}


def test_no_role_has_a_wildcard_action_or_a_wildcard_resource() -> None:
    for name, statement in policies():
        assert re.fullmatch(r"[A-Za-z0-9]+", statement["Sid"])
        for action in statement["Action"]:
            assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z]+", action), (name, action)
        assert "*" not in statement["Resource"], name


def test_roles_trust_only_this_pipeline_and_its_projects() -> None:
    for name, role in of_type("AWS::IAM::Role").items():
        (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if name == "PipelineRole":
            assert statement["Principal"] == {"Service": "codepipeline.amazonaws.com"}
        elif name.endswith("BuildRole"):
            assert statement["Principal"] == {"Service": "codebuild.amazonaws.com"}
            source = statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Sub"]
            project = RESOURCES[name.removesuffix("BuildRole")]["Properties"]["Name"]["Fn::Sub"]
            assert source.endswith(f":${{AWS::AccountId}}:project/{project}")
        else:
            assert statement["Principal"] == {"AWS": {"Fn::GetAtt": ["PipelineRole", "Arn"]}}


def test_passed_roles_are_exact_and_only_for_cloudformation() -> None:
    passing = [(name, s) for name, s in policies() if "iam:PassRole" in s["Action"]]
    # Two roles that prepare at home, one in each Region, and the boundary.
    assert len(passing) == 3 + len(EXTRA)
    for name, statement in passing:
        assert statement["Condition"] == {
            "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
        }, name
        roles = {arn["Ref"] for arn in statement["Resource"]}
        assert roles <= {"DeployRoleArn", "UpdateRoleArn"}, name


def test_who_deploys_cannot_update_the_pipeline_and_the_other_way_round() -> None:
    passed = {
        name: [arn["Ref"] for arn in s["Resource"]]
        for name, s in policies()
        if "iam:PassRole" in s["Action"]
    }
    assert passed["PrepareUpdateRole"] == ["UpdateRoleArn"]
    assert passed["PrepareRole"] == passed["PrepareUsEast1Role"] == ["DeployRoleArn"]


def test_a_change_set_is_executed_with_the_role_that_may_be_passed() -> None:
    passed = {name: s["Resource"] for name, s in policies() if "iam:PassRole" in s["Action"]}
    for action in all_actions(ALL_REGIONS):
        configuration = action.get("Configuration", {})
        if configuration.get("ActionMode") == "CHANGE_SET_REPLACE":
            (role,) = passed[action["RoleArn"]["Fn::GetAtt"][0]]
            # Parameters without a value stand for themselves.
            assert configuration["RoleArn"] == role["Ref"], action["Name"]


def test_roles_of_a_region_come_and_go_with_it() -> None:
    roles = {f"{kind}{region.title}Role" for region in EXTRA for kind in ("Prepare", "Deploy")}
    assert roles <= resources(ALL_REGIONS).keys()
    assert not roles & resources().keys()


def test_another_regions_bucket_must_be_ours() -> None:
    """Its name can be guessed, so somebody else may have taken it."""
    conditional = 0
    for name, statement in policies():
        regional = "serverlessapp-artifacts-" in json.dumps(statement["Resource"])
        if regional and name != "PipelineBoundary":
            condition = {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
            assert statement["Condition"] == condition, name
            conditional += 1
    assert conditional == 2 + len(EXTRA)  # two statements of the pipeline's own role


def test_every_role_is_within_the_boundary_and_the_boundary_holds_what_they_do() -> None:
    for name, role in of_type("AWS::IAM::Role").items():
        assert role["Properties"]["PermissionsBoundary"] == {"Ref": "PipelineBoundary"}, name
    limit: set[str] = set()
    granted: set[str] = set()
    for name, statement in policies():
        (limit if name == "PipelineBoundary" else granted).update(statement["Action"])
    assert limit == granted | {"kms:Decrypt", "kms:GenerateDataKey"}  # see use_key_of_s3


def test_the_boundary_is_narrow_also_in_where() -> None:
    limits = {s["Sid"]: s for name, s in policies() if name == "PipelineBoundary"}
    assert all("*" not in statement["Resource"] for statement in limits.values())
    assert limits["UseIam"]["Action"] == ["iam:PassRole"]
    assert limits["UseIam"]["Resource"] == [{"Ref": "DeployRoleArn"}, {"Ref": "UpdateRoleArn"}]
    assert len(json.dumps(RESOURCES["PipelineBoundary"]["Properties"]["PolicyDocument"])) < 6144


def test_a_service_without_a_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = boundary.limits_by_service

    def without_logs(*arguments: Any) -> dict[str, Any]:
        return {
            service: limit for service, limit in limits(*arguments).items() if service != "logs"
        }

    monkeypatch.setattr(boundary, "limits_by_service", without_logs)
    with pytest.raises(boundary.UnlimitedServiceError, match="roles may use logs"):
        build()
