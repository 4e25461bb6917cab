"""Who may do what with the finished policies, as an independent simulator of IAM decides.

What only AWS can show: which requests its services make, with which condition keys; what it grants
by policies that are nobody's of ours (service control policies, a root that nobody uses).
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from local.emulator import Emulator
from local.enforcement.principals import administrator
from tests.integration.deploy_role import roles, stage

from . import recorded
from .mistakes import Change, rewrite
from .pipeline_requests import PipelineRequests
from .policies import ADMINISTRATOR, Policies, policies_of, role_of, session_of
from .recorded import Recording
from .resolved import ACCOUNT, REGION, ResolvedStack, template
from .simulator import AuthorizationRequest, simulated

STRANGER = "210987654321"
APPLICATION = "application-ephemeral"
PIPELINE = {
    "ConnectionArn": f"arn:aws:codestar-connections:{REGION}:{ACCOUNT}:connection/0f",
    "RepositoryId": "team/repository",
    "PermissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/limit",
    "DeployRoleArn": f"arn:aws:iam::{ACCOUNT}:role/deploy",
    "UpdateRoleArn": f"arn:aws:iam::{ACCOUNT}:role/update",
    "TaskcatRoleArn": f"arn:aws:iam::{ACCOUNT}:role/taskcat",
}
# What an administrator does, on what is of another stack or of nobody's; each of our roles is
# refused all of it.
AWAY = f"{REGION}:{ACCOUNT}"
ESCALATIONS = {
    "dynamodb:DeleteTable": f"arn:aws:dynamodb:{AWAY}:table/neighbour",
    "dynamodb:GetItem": f"arn:aws:dynamodb:{AWAY}:table/neighbour",
    "iam:AttachRolePolicy": f"arn:aws:iam::{ACCOUNT}:role/Administrator",
    "iam:CreateAccessKey": f"arn:aws:iam::{ACCOUNT}:user/somebody",
    "iam:CreatePolicyVersion": f"arn:aws:iam::{ACCOUNT}:policy/limit",
    "iam:CreateRole": f"arn:aws:iam::{ACCOUNT}:role/Administrator",
    "iam:CreateUser": f"arn:aws:iam::{ACCOUNT}:user/somebody",
    "iam:PassRole": f"arn:aws:iam::{ACCOUNT}:role/Administrator",
    "iam:PutRolePolicy": f"arn:aws:iam::{ACCOUNT}:role/Administrator",
    "iam:UpdateAssumeRolePolicy": f"arn:aws:iam::{ACCOUNT}:role/Administrator",
    "kms:Decrypt": f"arn:aws:kms:{AWAY}:key/0a1b2c3d-0000-0000-0000-000000000000",
    "kms:PutKeyPolicy": f"arn:aws:kms:{AWAY}:key/0a1b2c3d-0000-0000-0000-000000000000",
    "kms:ScheduleKeyDeletion": f"arn:aws:kms:{AWAY}:key/0a1b2c3d-0000-0000-0000-000000000000",
    "lambda:InvokeFunction": f"arn:aws:lambda:{AWAY}:function:neighbour",
    "lambda:UpdateFunctionCode": f"arn:aws:lambda:{AWAY}:function:neighbour",
    "logs:DeleteLogGroup": f"arn:aws:logs:{AWAY}:log-group:neighbour",
    "organizations:LeaveOrganization": "*",
    "s3:DeleteObjectVersion": "arn:aws:s3:::neighbour/x",
    "s3:GetObject": "arn:aws:s3:::neighbour/x",
    "s3:PutBucketPolicy": "arn:aws:s3:::neighbour",
    "s3:PutObject": "arn:aws:s3:::neighbour/x",
    "secretsmanager:GetSecretValue": f"arn:aws:secretsmanager:{AWAY}:secret:neighbour-AbCdEf",
    "sns:Publish": f"arn:aws:sns:{AWAY}:neighbour",
    "sqs:ReceiveMessage": f"arn:aws:sqs:{AWAY}:neighbour",
    "sts:AssumeRole": f"arn:aws:iam::{ACCOUNT}:role/Administrator",
}

# Services with policies of their resources that say how to come; AWS's others take TLS alone.
DEMAND_TLS = {"dynamodb", "s3", "sns", "sqs"}
# Services whose ARNs end in the name alone.
WITHOUT_KIND = ("s3", "sns", "sqs")
# Kinds of resources whose names are made up by AWS: only conditions tell them apart.
RANDOM = ("connection/", "event-source-mapping:", "notificationrule/")
# What these roles may do with keys of others, and are known to: a key that is being made has no
# tags yet, and they count only after a while (docs/deploy-role.md, "A weak point"). Its policy is
# out of their reach; and a key is used through a service only, as the conditions say.
OF_KEYS = {"deploy-role": "DeployRole", "taskcat-role": "TaskcatRole"}
ADMITTED = {
    *("kms:DescribeKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"),
    *("kms:ListResourceTags", "kms:TagResource", "kms:CreateGrant", "kms:RevokeGrant"),
    *("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
    *("kms:ReEncryptFrom", "kms:ReEncryptTo"),
}
# What looks for things in a list of all of them.
LISTS = ("cloudwatch:DescribeAlarms", "logs:DescribeLogGroups")

Check = Callable[[Recording], None]


@pytest.fixture(scope="module")
def recordings() -> dict[str, Recording]:
    """Return what was recorded, by the name of the template whose policies decided."""
    with Emulator(enforce_iam=True) as emulator:
        stage.package(administrator(emulator.session(), "packager"))
        found = {APPLICATION: recorded.of_application(emulator)}
        for name in roles.ROLES:
            recording = recorded.of_role(emulator, name)
            found[next(iter(recording.stacks))] = recording
    return found


def of_pipeline() -> Recording:
    """Return what the pipeline's roles have to do; nothing is recorded of them."""
    stack = ResolvedStack(template=template("pipeline"), name="delivery", given=PIPELINE)
    wanted = dict.fromkeys(PipelineRequests(stack=stack).wanted(), True)
    return Recording(stacks={"pipeline": stack}, decided=wanted)


def policies(recording: Recording) -> Policies:
    return policies_of(*recording.stacks.values())


def both_decide_the_same(recording: Recording) -> None:
    """Our enforcement and the simulator agree about each request."""
    judged = simulated(recording.decided, policies(recording))
    differing = [str(each) for each, by in judged if by.allowed != recording.decided[each]]
    assert not differing, "\n".join(differing)


def every_condition_keeps_somebody_out(recording: Recording) -> None:
    """Whatever passes by a condition is refused without its key, and with another value of it."""
    rules = policies(recording)
    changed = [
        each.with_context(**{key.lower(): value})
        for each, by in simulated(recording.let_through, rules)
        for key, operator in by.conditions
        for value in (None, "somebody-else")
        if not operator.endswith("IfExists") or (value and key.lower() in dict(each.context))
    ]
    assert changed
    refused(changed, rules)


def nothing_passes_without_tls(recording: Recording) -> None:
    """Buckets, queues, topic and table of the stack refuse whoever comes without TLS.

    Not the buckets that were replaced: a path makes them, without what the template says of them.
    """
    stacks = recording.stacks.values()
    names = {stack.name_of(title) for stack in stacks for title in stack.physical}
    plain = [
        each.with_context(**{"aws:securetransport": "false"})
        for each in recording.let_through
        if each.action.partition(":")[0] in DEMAND_TLS
        and names.intersection(re.split("[:/]", each.resource))
    ]
    assert {each.action.partition(":")[0] for each in plain} == DEMAND_TLS
    refused(plain, policies(recording))


def neighbours_are_out_of_reach(recording: Recording) -> None:
    """What a role may do with something, it may not do with what has another name.

    Nor with the same in another account; but for what only tags tell apart, which the conditions
    are about, and for lists, which are of everything.
    """
    rules = policies(recording)
    others = [
        other
        for each in recording.let_through
        if role_of(each.principal) and each.resource != "*"
        for other in elsewhere(each)
    ]
    assert others
    admitting = {
        recording.stacks[name].name_of(title)
        for name, title in OF_KEYS.items()
        if name in recording.stacks
    }
    passing = [
        str(each)
        for each, by in simulated(others, rules)
        if by.allowed and not (each.action in ADMITTED and role_of(each.principal) in admitting)
    ]
    assert not passing, "\n".join(passing)


def elsewhere(request: AuthorizationRequest) -> Iterator[AuthorizationRequest]:
    """Yield a request for what is somebody else's."""
    prefix, kind, name = parts_of(request.resource)
    if kind in RANDOM or request.action in LISTS:
        return
    untagged = {key: None for key, _ in request.context if "tag/" in key}
    renamed = f"{prefix}{kind}neighbour-{name}"
    yield replace(request, resource=renamed).with_context(**untagged)
    if f":{ACCOUNT}:" in request.resource:
        moved = request.resource.replace(f":{ACCOUNT}:", f":{STRANGER}:")
        yield replace(request, resource=moved)


def parts_of(arn: str) -> tuple[str, str, str]:
    """Return what an ARN begins with, the kind of resource with what separates it, and the name."""
    _, _, service, _, _, rest = arn.split(":", 5)
    kind = "" if service in WITHOUT_KIND else re.split("(?<=[:/])", rest, maxsplit=1)[0]
    kind = "" if kind == rest else kind
    return arn.removesuffix(rest), kind, rest.removeprefix(kind)


def no_role_does_what_an_administrator_does(recording: Recording) -> None:
    """Each role of the stacks is refused what would make it more, or reach others."""
    refused(list(escalations(recording)), policies(recording))


def escalations(recording: Recording) -> Iterator[AuthorizationRequest]:
    """Yield every escalation by every role."""
    passed = (("iam:passedtoservice", "lambda.amazonaws.com"),)
    for stack in recording.stacks.values():
        for title in stack.of_type("AWS::IAM::Role"):
            for action, resource in ESCALATIONS.items():
                yield AuthorizationRequest(
                    principal=session_of(stack, title),
                    action=action,
                    resource=resource,
                    context=passed if action == "iam:PassRole" else (),
                )


def nobody_takes_a_role_by_hand(recording: Recording) -> None:
    """Not even an administrator: a role is for one service, or for the pipeline."""
    person = f"arn:aws:iam::{ACCOUNT}:user/administrator"
    attempts = [
        AuthorizationRequest(
            principal=person, action="sts:AssumeRole", resource=stack.attribute(title, "Arn")
        )
        for stack in recording.stacks.values()
        for title in stack.of_type("AWS::IAM::Role")
    ]
    assert attempts
    refused(attempts, policies(recording))


def refused(requests: list[AuthorizationRequest], rules: Policies) -> None:
    passing = [str(each) for each, by in simulated(requests, rules) if by.allowed]
    assert not passing, "\n".join(passing)


CHECKS: list[Check] = [
    both_decide_the_same,
    every_condition_keeps_somebody_out,
    neighbours_are_out_of_reach,
    no_role_does_what_an_administrator_does,
    nobody_takes_a_role_by_hand,
]


@pytest.mark.parametrize("name", [APPLICATION, "deploy-role", "update-role", "taskcat-role"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_decisions(check: Check, name: str, recordings: dict[str, Recording]) -> None:
    check(recordings[name])


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_decisions_about_the_pipeline(check: Check) -> None:
    check(of_pipeline())


def test_decisions_about_tls(recordings: dict[str, Recording]) -> None:
    nothing_passes_without_tls(recordings[APPLICATION])


@pytest.mark.parametrize("name", ["deploy-role", "update-role"])
def test_roles_are_made_within_the_boundary(name: str, recordings: dict[str, Recording]) -> None:
    roles_stay_within_the_boundary(recordings[name])


def roles_stay_within_the_boundary(recording: Recording) -> None:
    """No role gets permissions without the boundary, nor goes to another service."""
    guards = ("iam:permissionsboundary", "iam:passedtoservice")
    changed = [
        each.with_context(**{key: value})
        for each in recording.let_through
        for key in guards
        for value in (None, f"arn:aws:iam::{ACCOUNT}:policy/wide")
        if key in dict(each.context)
    ]
    assert changed
    refused(changed, policies(recording))


def production() -> tuple[ResolvedStack, ResolvedStack]:
    """Return the stack of the deploy role, and the application's within its boundary."""
    given = {"EnvironmentSuffix": "prod", "Encryption": "CustomerManaged"}
    deploying = ResolvedStack(template=template("deploy-role"), name="deploy-role", given=given)
    boundary = deploying.reference("ApplicationBoundary")
    deployed = ResolvedStack(
        template=template("application"),
        name="serverlessapp-prod",
        given=given | {"PermissionsBoundaryArn": boundary},
    )
    return deploying, deployed


def test_the_boundary_lets_the_function_work_and_no_more(
    recordings: dict[str, Recording],
) -> None:
    deploying, deployed = production()
    recording = recordings[APPLICATION]
    rules = policies_of(deploying, deployed)
    before = recording.stacks[APPLICATION]
    for role in deployed.of_type("AWS::IAM::Role"):
        wanted = [
            moved(each, before, deployed)
            for each in recording.let_through
            if role_of(each.principal) == before.name_of(role)
        ]
        stopped = [str(each) for each, by in simulated(wanted, rules) if not by.allowed]
        assert wanted
        assert not stopped, "\n".join(stopped)
        rules.identity[deployed.name_of(role)] = [ADMINISTRATOR]
    wide = Recording(stacks={"application": deployed}, decided={})
    refused(list(escalations(wide)), rules)


def moved(
    request: AuthorizationRequest, before: ResolvedStack, after: ResolvedStack
) -> AuthorizationRequest:
    """Return the request that the same would be in another stack."""
    names = {before.name_of(title): after.name_of(title) for title in after.evaluated}
    whole = json.dumps([request.principal, request.resource, request.context])
    for name in sorted(names, key=len, reverse=True):
        whole = whole.replace(name, names[name])
    principal, resource, context = json.loads(whole)
    pairs = tuple((key, value) for key, value in context)
    return replace(request, principal=principal, resource=resource, context=pairs)


ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
SEEDS: dict[str, tuple[str, Change, Check]] = {
    "the function reads all of the bucket": (
        APPLICATION,
        rewrite("ReadUploads", Resource=["*"]),
        both_decide_the_same,
    ),
    "the function may write to every queue": (
        APPLICATION,
        rewrite("ParkEvents", Resource=["*"]),
        neighbours_are_out_of_reach,
    ),
    "the function cannot write the ledger": (
        APPLICATION,
        rewrite("WriteLedger", Action=["dynamodb:GetItem"]),
        both_decide_the_same,
    ),
    "an action is misspelled": (
        APPLICATION,
        rewrite("ReadSecret", Action=["secretsmanager:GetSecretValues"]),
        both_decide_the_same,
    ),
    "a condition has a key that the action does not know": (
        APPLICATION,
        rewrite("ReadUploads", Condition={"StringLike": {"s3:prefix": "uploads/*"}}),
        both_decide_the_same,
    ),
    "every bucket may send events": (
        APPLICATION,
        rewrite("AcceptUploadEvents", Condition=None),
        both_decide_the_same,
    ),
    "the key may be used by hand": (
        APPLICATION,
        rewrite("UseThroughServices", Condition=None),
        both_decide_the_same,
    ),
    "anybody may take the function's role": (
        APPLICATION,
        rewrite("sts:AssumeRole", Principal=ROOT),
        nobody_takes_a_role_by_hand,
    ),
    "a policy forgets TLS": (
        APPLICATION,
        rewrite("DenyInsecureTransport", Condition={"Bool": {"aws:SecureTransport": "maybe"}}),
        nothing_passes_without_tls,
    ),
    "roles are made without the boundary": (
        "deploy-role",
        rewrite("iam:CreateRole", Condition=None),
        roles_stay_within_the_boundary,
    ),
    "roles are passed to every service": (
        "deploy-role",
        rewrite("iam:PassRole", Condition=None),
        roles_stay_within_the_boundary,
    ),
    "every key's policy may be changed": (
        "deploy-role",
        rewrite("kms:PutKeyPolicy", Condition=None),
        no_role_does_what_an_administrator_does,
    ),
    "the deploy role cannot tag the function": (
        "deploy-role",
        rewrite("lambda:CreateFunction", Action=["lambda:CreateFunction"]),
        both_decide_the_same,
    ),
    "every role may be changed": (
        "update-role",
        rewrite("iam:PutRolePolicy", Resource=["*"], Condition=None),
        no_role_does_what_an_administrator_does,
    ),
    "the tests reach every table": (
        "taskcat-role",
        rewrite("dynamodb:DeleteTable", Resource=["*"]),
        no_role_does_what_an_administrator_does,
    ),
    "an action's role is anybody's": (
        "pipeline",
        rewrite("sts:AssumeRole", Principal=ROOT, Condition=None),
        nobody_takes_a_role_by_hand,
    ),
    "the pipeline passes every role": (
        "pipeline",
        rewrite("iam:PassRole", Resource=["*"], Condition=None),
        no_role_does_what_an_administrator_does,
    ),
    "no change set can be executed": (
        "pipeline",
        rewrite("cloudformation:ExecuteChangeSet", Action=["cloudformation:DescribeStacks"]),
        both_decide_the_same,
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_seeded_mistake_is_caught(seed: str, recordings: dict[str, Recording]) -> None:
    name, change, check = SEEDS[seed]
    recording = (recordings | {"pipeline": of_pipeline()})[name].seeded(name, change)
    with pytest.raises(AssertionError):
        check(recording)
