"""What the pipeline's roles may do, and what they may not."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from generators.render import render
from pipeline import boundary, names
from pipeline.definition import build
from pipeline.delivery import Delivery, Environment
from pipeline.derivation.statements import POLICY_SIZE
from serverlessapp.template.reading import Template, parse

from .rendered import (
    LARGE,
    LARGE_PARSED,
    LARGE_RESOURCES,
    PARSED,
    RESOURCES,
    all_actions,
    of_type,
    policies,
    stage,
)

both = pytest.mark.parametrize("template", [PARSED, LARGE_PARSED], ids=["shipped", "large"])
ROLE_SIZE = 10_240  # characters of all inline policies of a role (IAM User Guide, quotas)
LONGEST = {"AWS::StackName": 24, "AWS::AccountId": 12, "AWS::Region": 14, "AWS::Partition": 3}


def length(document: Any) -> int:
    """Return how many characters IAM counts at most, with every reference replaced."""
    text = json.dumps(document, separators=(",", ":"))
    for name, size in LONGEST.items():
        text = text.replace(f"${{{name}}}", "x" * size)
    text = re.sub(r'\{"(Ref|Fn::GetAtt)":("\w+"|\["\w+","\w+"\])\}', f'"{"x" * 90}"', text)
    return len(text)


def own_role(arn: Any) -> str:
    """Return the logical ID of a role of the template; empty for one that is made elsewhere."""
    return str(arn["Fn::GetAtt"][0]) if "Fn::GetAtt" in arn else ""


@both
def test_each_kind_of_action_has_a_role_of_its_own(template: Template) -> None:
    by_role: dict[str, set[str]] = {}
    for action in all_actions(template):
        if role := own_role(action.get("RoleArn", {})):
            configuration = action["Configuration"]
            does = configuration.get("ProjectName") or configuration.get("ActionMode", "source")
            by_role.setdefault(role, set()).add(json.dumps(does))
    assert all(len(does) == 1 for does in by_role.values()), by_role
    projects = of_type("AWS::CodeBuild::Project", template).values()
    builders = [project["Properties"]["ServiceRole"]["Fn::GetAtt"][0] for project in projects]
    assert len(builders) == len(set(builders))
    assert {*by_role, *builders, "PipelineRole"} == of_type("AWS::IAM::Role", template).keys()


@both
def test_the_pipeline_assumes_the_roles_of_its_actions_and_no_others(template: Template) -> None:
    policy = template.content["Resources"]["PipelinePolicy"]["Properties"]["PolicyDocument"]
    (granted,) = [s for s in policy["Statement"] if s["Sid"] == "AssumeRoles"]
    pipeline = template.content["Resources"]["Pipeline"]["Properties"]
    acting = [a["RoleArn"] for s in pipeline["Stages"] for a in s["Actions"] if "RoleArn" in a]
    assert {json.dumps(arn) for arn in granted["Resource"]} == set(map(json.dumps, acting))


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


UPDATE_ROLE = {
    "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/update-${AWS::StackName}"
}


@both
def test_only_the_role_for_updates_is_passed_and_only_to_cloudformation(template: Template) -> None:
    passing = [(name, s) for name, s in policies(template) if "iam:PassRole" in s["Action"]]
    assert sorted(name for name, _ in passing) == ["PipelineBoundary", "PrepareUpdateRole"]
    for name, statement in passing:
        assert statement["Condition"] == {
            "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
        }, name
        assert statement["Resource"] == [UPDATE_ROLE]
    pipeline = template.content["Resources"]["Pipeline"]["Properties"]
    (update,) = [each for each in pipeline["Stages"] if each["Name"] == "UpdatePipeline"]
    assert update["Actions"][0]["Configuration"]["RoleArn"] == UPDATE_ROLE


def taken(build: str) -> list[str]:
    """Return the roles that a build may take, each from its account on."""
    role = LARGE_RESOURCES[f"{build}BuildRole"]["Properties"]
    (statement,) = [
        each
        for each in role["Policies"][0]["PolicyDocument"]["Statement"]
        if "sts:AssumeRole" in each["Action"]
    ]
    return [arn["Fn::Sub"].partition("iam::")[2] for arn in statement["Resource"]]


def in_environment(purpose: str, environment: Environment) -> str:
    own = environment.account == LARGE.account
    account = "${AWS::AccountId}" if own else environment.account
    return f"{account}:role/{purpose}-serverlessapp-{environment.name}"


def test_a_build_that_reads_takes_the_roles_of_all_environments_and_no_others() -> None:
    assert taken("Inspect") == [in_environment("inspect", each) for each in LARGE.environments]


@pytest.mark.parametrize("environment", LARGE.environments, ids=lambda each: each.name)
def test_a_build_that_writes_takes_the_role_of_one(environment: Environment) -> None:
    verifier = names.verifier(environment.name)
    assert taken(verifier) == [in_environment("verify", environment)]
    deploying = stage(f"Deploy{environment.title}", LARGE_PARSED)["Actions"]
    (verifying,) = (each for each in deploying if each["Name"] == "Verify")
    assert verifying["Configuration"]["ProjectName"] == {"Ref": verifier}


def test_buckets_with_names_to_guess_must_be_ours() -> None:
    conditional = 0
    for name, statement in policies(LARGE_PARSED):
        text = json.dumps(statement["Resource"])
        if re.search(r"StackName}-(artifacts|code)-", text) and name != "PipelineBoundary":
            condition = {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}
            assert statement["Condition"] == condition, name
            conditional += 1
    assert conditional == 4  # two of the pipeline's own role, two of the build that puts code


def test_a_teams_own_bucket_of_code_is_only_looked_at() -> None:
    own = Environment(name="dev", parameters={"CodeBucket": "ours"})
    template = build(delivery=Delivery(environments=(own,), taskcat_regions=()))
    allowed: dict[str, set[str]] = {}
    for name, statement in policies(parse(render(template))):
        if re.search(":::ours\\b", json.dumps(statement["Resource"])):
            allowed.setdefault(name, set()).update(statement["Action"])
    looking = {"s3:GetObject", "s3:ListBucket"}
    assert allowed == {"PackageBuildRole": looking, "PipelineBoundary": looking}


@both
def test_every_role_is_within_the_boundary_which_holds_what_they_do(template: Template) -> None:
    for name, resource in template.content["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            boundary_of = resource["Properties"]["PermissionsBoundary"]
            assert boundary_of == {"Ref": "PipelineBoundary"}, name
    limit: set[str] = set()
    granted: set[str] = set()
    for name, statement in policies(template):
        (limit if name == "PipelineBoundary" else granted).update(statement["Action"])
    assert limit == granted | {"kms:Decrypt", "kms:GenerateDataKey"}  # see use_key_of_s3


@both
def test_policies_fit(template: Template) -> None:
    resources = template.content["Resources"]
    assert length(resources["PipelineBoundary"]["Properties"]["PolicyDocument"]) <= POLICY_SIZE
    assert length(resources["PipelinePolicy"]["Properties"]["PolicyDocument"]) <= ROLE_SIZE
    for title, resource in resources.items():
        if resource["Type"] == "AWS::IAM::Role":
            assert length(resource["Properties"].get("Policies", [])) <= ROLE_SIZE, title


def limit_of(delivery: Delivery) -> Any:
    return build(delivery=delivery).to_dict()["Resources"]["PipelineBoundary"]["Properties"]


def test_the_boundary_grows_with_accounts_and_not_with_environments_or_regions() -> None:
    *_, last = LARGE.environments
    regions = (*last.regions, "sa-east-1")
    more = replace(LARGE, environments=(*LARGE.environments, replace(last, name="more")))
    further = replace(
        LARGE, environments=(*LARGE.environments[:-1], replace(last, regions=regions))
    )
    account = replace(last, name="more", account="444444444444")
    limit = limit_of(LARGE)
    assert limit_of(more) == limit_of(further) == limit
    assert limit_of(replace(LARGE, environments=(*LARGE.environments, account))) != limit


def test_the_boundary_is_narrow_also_in_where() -> None:
    limits = {s["Sid"]: s for name, s in policies(LARGE_PARSED) if name == "PipelineBoundary"}
    assert all("*" not in statement["Resource"] for statement in limits.values())
    taken = [arn["Fn::Sub"].partition("iam::")[2] for arn in limits["UseSts"]["Resource"]]
    assert sorted(taken) == sorted(
        [
            "${AWS::AccountId}:role/${AWS::StackName}-*",
            "222222222222:role/taskcat-serverlessapp",
            *(
                f"{account}:role/{purpose}-serverlessapp-*"
                for account in ("${AWS::AccountId}", "222222222222", "333333333333")
                for purpose in ("review", "deliver", "inspect", "verify")
            ),
        ]
    )


def test_the_boundary_keeps_to_one_repository_and_to_what_stacks_made() -> None:
    """A push can change the policies of roles, but not this."""
    limits = {s["Sid"]: s for name, s in policies(PARSED) if name == "PipelineBoundary"}
    (source,) = (s for _, s in policies(PARSED) if s["Sid"] == "UseConnection")
    repository = source["Condition"]["StringEqualsIfExists"]
    assert {*repository} == {
        f"{name}:FullRepositoryId" for name in ("codeconnections", "codestar-connections")
    }
    for name in ("UseCodeconnections", "UseCodestarConnections"):
        assert limits[name]["Condition"] == source["Condition"]
    importing = {"Null": {"cloudformation:ImportResourceTypes": "true"}}
    assert limits["UseCloudformation"]["Condition"] == importing


def test_a_service_without_a_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = boundary.limits_by_service

    def without_logs(*arguments: Any) -> dict[str, Any]:
        return {
            service: limit for service, limit in limits(*arguments).items() if service != "logs"
        }

    monkeypatch.setattr(boundary, "limits_by_service", without_logs)
    with pytest.raises(boundary.UnlimitedServiceError, match="add logs to boundary"):
        build()
