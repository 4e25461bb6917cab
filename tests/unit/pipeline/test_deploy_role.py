"""The deploy role is for one stack of the application, and its boundary for what that does."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from awacs.aws import Action, Allow, Statement
from troposphere import Template

from generators import application, extension
from generators.lanes import Lane
from generators.render import render
from generators.retention import Retention
from pipeline import deploy_role, taskcat_role, update_role
from pipeline.derivation.corrections import BEFORE_TAGS
from pipeline.derivation.names import LimitError
from pipeline.derivation.statements import POLICY_SIZE, size
from serverlessapp.template.reading import load
from tests.fixture_lanes import lane

from .derived import DEPLOY, TASKCAT, Json

ROOT = Path(__file__).resolve().parents[3]
PATTERN = deploy_role.build().parameters["EnvironmentSuffix"].AllowedPattern


def test_resources_are_those_of_one_stack() -> None:
    """Their names say so, or conditions do; a key that was made just now has neither."""
    for statement in DEPLOY.statements:
        if {*statement["Action"]} == {*BEFORE_TAGS}:
            continue
        for resource in statement["Resource"]:
            if resource != "*" and "Condition" not in statement:
                named = ("serverlessapp-${EnvironmentSuffix}-", "${CodeBucket}/", "/Dashboard-")
                assert any(name in resource["Fn::Sub"] for name in named)


def test_the_only_roles_that_are_passed_are_the_stacks() -> None:
    for statement in DEPLOY.allowing("iam:PassRole"):
        assert statement["Resource"] == [
            {
                "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
                "serverlessapp-${EnvironmentSuffix}-*"
            }
        ]


def test_keys_are_made_only_where_the_application_has_one() -> None:
    assert DEPLOY.resources[deploy_role.KEYS]["Condition"] == "CustomerManagedKey"
    for title, policy in DEPLOY.policies.items():
        for statement in policy["Statement"]:
            if title != deploy_role.KEYS and "kms:" in str(statement):
                assert (title, statement["Action"]) == (deploy_role.CODE, ["kms:Decrypt"])


def test_keys_are_never_deleted() -> None:
    """The template retains its key whatever happens."""
    assert "kms:ScheduleKeyDeletion" not in DEPLOY.actions
    assert "kms:ScheduleKeyDeletion" in TASKCAT.actions, "the throw-away one does not"


def test_a_package_under_a_key_can_be_read() -> None:
    """The key of a bucket is not known, but through S3 the role reads packages only."""
    policy = DEPLOY.policies[deploy_role.CODE]
    (decrypt,) = (s for s in policy["Statement"] if s["Action"] == ["kms:Decrypt"])
    via = {"Fn::Sub": "s3.*.${AWS::URLSuffix}"}
    assert decrypt["Condition"] == {"StringLike": {"kms:ViaService": via}}
    (read,) = DEPLOY.allowing("s3:GetObject")
    assert read["Resource"] == [{"Fn::Sub": "arn:${AWS::Partition}:s3:::${CodeBucket}/*"}]


def test_what_follows_the_making_of_a_key_needs_no_tags() -> None:
    """Its public handler enables rotation a minute later; tags may take five to count."""
    (statement,) = DEPLOY.allowing("kms:EnableKeyRotation")
    assert "Condition" not in statement
    assert set(statement["Action"]) == set(BEFORE_TAGS)
    reading = (action for action in BEFORE_TAGS if action != "kms:EnableKeyRotation")
    assert all(action.startswith(("kms:Describe", "kms:Get", "kms:List")) for action in reading)


@pytest.mark.parametrize("action", ["kms:PutKeyPolicy", "kms:UntagResource"])
def test_what_opens_a_key_needs_its_tags(action: str) -> None:
    (statement,) = DEPLOY.allowing(action)
    assert set(statement["Condition"]["StringEquals"]) == {
        "aws:ResourceTag/Environment",
        "aws:ResourceTag/Project",
    }


@pytest.mark.parametrize("name", ["prod", "pipelines", "tcats", "eu-pipeline"])
def test_an_environment_has_a_name_of_its_own(name: str) -> None:
    assert re.search(PATTERN, name)


@pytest.mark.parametrize("name", ["pipeline", "pipeline-eu", "artifacts", "tcat", "tcat-x", "-a"])
def test_what_is_named_like_something_else_of_ours_is_refused(name: str) -> None:
    assert not re.search(PATTERN, name)


def test_nothing_can_be_called() -> None:
    assert "lambda:InvokeFunction" not in DEPLOY.actions


@pytest.mark.parametrize(
    "action",
    [
        "s3:GetBucketAcl",
        "lambda:ListTags",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
        "kms:CreateGrant",
    ],
)
def test_what_others_missed_is_granted(action: str) -> None:
    """Lists that people publish for such a stack lack these, and AWS refuses."""
    assert DEPLOY.allowing(action)


def actions(statements: list[Json]) -> set[str]:
    return {action for statement in statements for action in statement["Action"]}


def test_the_boundary_lets_the_application_work_and_no_more() -> None:
    template = load(render(application.build(Retention.RETAINED)))["Resources"]
    granted = {
        action
        for resource in template.values()
        for policy in [resource["Properties"], *resource["Properties"].get("Policies", [])]
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::Role")
        for document in [policy.get("Fn::If", [None, policy])[1].get("PolicyDocument", {})]
        for statement in document.get("Statement", [])
        for action in statement["Action"]
    }
    boundary = DEPLOY.resources[deploy_role.BOUNDARY]["Properties"]["PolicyDocument"]
    assert actions(boundary["Statement"]) == granted
    (decrypt,) = (s for s in boundary["Statement"] if s["Action"] == ["kms:Decrypt"])
    services = decrypt["Condition"]["StringLike"]["kms:ViaService"]
    assert [service["Fn::Sub"].split(".")[:2] for service in services] == [
        ["s3", "*"],
        ["secretsmanager", "*"],
        ["dynamodb", "*"],
    ]


def test_a_processors_grants_are_within_the_boundary() -> None:
    grants = extension.grants_of(ROOT / "examples" / "thumbnails")
    template = load(render(deploy_role.build([lane(grants=grants)])))
    boundary = template["Resources"][deploy_role.BOUNDARY]["Properties"]["PolicyDocument"]
    (statement,) = (s for s in boundary["Statement"] if "s3:PutObject" in s["Action"])
    (resource,) = statement["Resource"]
    assert resource["Fn::Sub"].endswith("-????????-????-????-????-????????????/results/*")


LANES = (
    lane(folder="plain/"),
    lane("csv", folder="reports/"),
    lane("xml", source="eventbridge", suffixes=[".xml"]),
)


@pytest.mark.parametrize("build", [deploy_role.build, update_role.build, taskcat_role.build])
@pytest.mark.parametrize("lanes", [LANES, LANES[1:], LANES[2:]], ids=len)
def test_a_lane_changes_no_role(
    build: Callable[[Sequence[Lane]], Template], lanes: Sequence[Lane]
) -> None:
    assert render(build(lanes)) == render(build(LANES[:1]))


def granting(number: int) -> extension.Grants:
    """Return what grants something on so many topics."""
    topics = [f"arn:aws:sns:*:*:{'topic' * 10}{n}" for n in range(number)]
    topic = Statement(Effect=Allow, Action=[Action("sns", "Publish")], Resource=topics)
    return lambda **_: [topic]


def test_permissions_of_a_lane_change_the_boundary_and_nothing_else() -> None:
    plain = deploy_role.build(LANES).to_dict()["Resources"]
    more = deploy_role.build((*LANES, lane("a1", folder="a/", grants=granting(1)))).to_dict()
    changed = [title for title, resource in more["Resources"].items() if resource != plain[title]]
    assert changed == [deploy_role.BOUNDARY]


def test_ten_lanes_fit_into_the_boundary() -> None:
    ten = [lane(f"lane{n}", folder=f"folder{n}/", suffixes=[".csv", ".tsv"]) for n in range(10)]
    policy = deploy_role.build(ten).resources[deploy_role.BOUNDARY].PolicyDocument
    assert size(policy) < POLICY_SIZE / 2


def test_a_boundary_that_is_too_long_names_who_grants_most() -> None:
    some = [lane("a1", folder="a/", grants=granting(2))]
    many = [lane("b1", folder="b/", grants=granting(84))]
    with pytest.raises(LimitError, match=r"processors/b1/permissions\.py"):
        deploy_role.build([*some, *many, *LANES])
