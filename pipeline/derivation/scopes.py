"""On which resources, and under which conditions, an action is needed for a resource.

Each condition is one that AWS fills in for the action: our rule W9305 checks that.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.derivation import names, needs
from pipeline.derivation.corrections import BEFORE_TAGS
from pipeline.derivation.names import PlannedStack
from serverlessapp.template import published
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.policies import listed
from serverlessapp.template.values import Unknown

Condition = tuple[str, str, str]  # operator, key, value for Sub

# The policies and the like that are made by changing another resource: type -> property.
PART_OF = {
    "AWS::IAM::Policy": "Roles",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::Subscription": "TopicArn",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
}
CONNECTION = "Stages.Actions.Configuration.ConnectionArn"
# Actions of other services are on what a property names: type and service -> property.
LINKS = {
    ("AWS::CodeBuild::Project", "iam"): "ServiceRole",
    ("AWS::CodePipeline::Pipeline", "codeconnections"): CONNECTION,
    ("AWS::CodePipeline::Pipeline", "codestar-connections"): CONNECTION,
    ("AWS::CodePipeline::Pipeline", "iam"): "RoleArn",
    ("AWS::DynamoDB::Table", "kms"): "SSESpecification.KMSMasterKeyId",
    ("AWS::Lambda::Function", "iam"): "Role",
    ("AWS::Lambda::Function", "kms"): "Code.S3Bucket",
    ("AWS::Lambda::Function", "s3"): "Code.S3Bucket",
    ("AWS::Pipes::Pipe", "iam"): "RoleArn",
    ("AWS::SecretsManager::Secret", "kms"): "KmsKeyId",
}
# What such a property names, by service.
TARGETS = {
    "codeconnections": "AWS::CodeConnections::Connection",
    "codestar-connections": "AWS::CodeStarConnections::Connection",
    "iam": "AWS::IAM::Role",
    "kms": "AWS::KMS::Key",
    "lambda": "AWS::Lambda::Function",
    "sns": "AWS::SNS::Topic",
    "sqs": "AWS::SQS::Queue",
    "s3": "AWS::S3::Bucket",
}
# Through which service a handler uses a key, where that is not the service of the type.
VIA = {"AWS::Lambda::Function": "s3"}
PASSED_TO = {
    "AWS::CodeBuild::Project": "codebuild.amazonaws.com",
    "AWS::CodePipeline::Pipeline": "codepipeline.amazonaws.com",
    "AWS::Lambda::Function": "lambda.amazonaws.com",
    "AWS::Pipes::Pipe": "pipes.amazonaws.com",
}
# What gives a role permissions; only within the boundary.
GIVES_PERMISSIONS = ("iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")
# A condition key says what these are about, or what they set off in the name of AWS: an alarm could
# stop any instance of the account (Amazon CloudWatch User Guide, "Using condition keys to limit
# alarm actions"), and a rule could send any event anywhere (Amazon EventBridge User Guide, "Using
# IAM policy conditions in Amazon EventBridge"). Type -> operator, key, property.
ABOUT = {
    "AWS::CloudWatch::Alarm": (
        ("ForAllValuesStringLike", "cloudwatch:AlarmActions", "AlarmActions"),
    ),
    "AWS::CodeStarNotifications::NotificationRule": (
        ("ArnLike", "codestar-notifications:NotificationsForResource", "Resource"),
    ),
    "AWS::Events::Rule": (
        ("StringEquals", "events:source", "EventPattern.source"),
        ("ForAllValuesArnLike", "events:TargetArn", "Targets.Arn"),
    ),
    "AWS::Lambda::EventSourceMapping": (("ArnLike", "lambda:FunctionArn", "FunctionName"),),
}
# Nothing but tags tells these apart from those of others.
TOLD_BY_TAG = ("AWS::SecretsManager::Secret", *names.RANDOM)


@dataclass(frozen=True)
class Scope:
    """Where an action is allowed: ARN patterns for ``Sub``, or ``*``, and conditions."""

    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()


def scopes(stack: PlannedStack, resource: Resource, action: str) -> Iterator[Scope]:
    """Yield where CloudFormation needs an action of ``needs.actions`` for one resource."""
    service = action.partition(":")[0]
    path = link(resource.type, service)
    for title in dict.fromkeys(named(resource, path)) if path else [resource.title]:
        target, given = stack.resources.get(title), stack.given.get(title, "*")
        target_type = target.type if target else TARGETS[service]
        conditions = tuple(limits(stack, resource, action, target_type))
        if not published.can_be_limited(action):
            yield Scope(("*",), conditions)
        elif target:
            yield Scope(names.arns_of(stack, title), conditions)
        else:
            # Of a bucket of another stack, only the objects matter, and any key can encrypt them.
            name = {"s3": f"{given}/*", "kms": "*"}.get(service, given)
            yield Scope(names.arns(target_type, [name], stack.region), conditions)


def named(resource: Resource, path: str) -> Iterator[str]:
    """Yield the resources and parameters that a property names."""
    for value in needs.values(resource.properties, path):
        for item, _ in listed(value):
            if isinstance(item, Unknown):
                yield item.name


def link(resource_type: str, service: str) -> str:
    """Return the property that names what actions of a service are on, or nothing: it is itself."""
    if resource_type.startswith(needs.CUSTOM):
        return "ServiceToken"
    return LINKS.get((resource_type, service), PART_OF.get(resource_type, ""))


def about(resource_type: str, action: str) -> tuple[str, str, str] | None:
    """Return the condition that says what a resource is about, if the action has it; see above."""
    keys = set(published.condition_keys(action))
    return next((each for each in ABOUT.get(resource_type, ()) if each[1] in keys), None)


def limits(
    stack: PlannedStack, resource: Resource, action: str, target_type: str
) -> Iterator[Condition]:
    """Yield the conditions of an action that is for one resource, on a target of a type."""
    kind, service = resource.type, action.partition(":")[0]
    if action == "iam:PassRole":
        yield "StringEquals", "iam:PassedToService", PASSED_TO[kind]
    elif action.endswith(":PassConnection"):
        yield "StringEqualsIfExists", f"{service}:PassedToService", PASSED_TO[kind]
    elif action in GIVES_PERMISSIONS:
        if stack.boundary:
            operator = "ArnLike" if "*" in stack.boundary else "ArnEquals"
            yield operator, "iam:PermissionsBoundary", stack.boundary
    elif found := about(kind, action):
        operator, key, path = found
        for value in needs.values(resource.properties, path):
            for item, _ in listed(value):
                for arn in names.arns_named(stack, item):
                    yield operator, key, arn
    elif action.startswith("kms:") and kind != "AWS::KMS::Key":
        yield from through(kind, action)
    elif target_type in TOLD_BY_TAG and action not in BEFORE_TAGS:
        yield from tagged(stack, action)


def through(kind: str, action: str) -> Iterator[Condition]:
    """Yield the conditions for using a key in the name of another service.

    Not its tags, which need not count yet. Through a service, a role reaches with a key only what
    it reaches there.

    Source: AWS KMS Developer Guide, ``kms:ViaService`` and ``kms:GrantIsForAWSResource``.
    """
    if published.can_be_limited(action):
        service = via(kind)
        yield "StringLike", "kms:ViaService", f"{service}.*.${{AWS::URLSuffix}}"
    if action == "kms:CreateGrant":
        yield "Bool", "kms:GrantIsForAWSResource", "true"


def via(kind: str) -> str:
    """Return the service through which the handler of a type uses a key."""
    return VIA.get(kind, kind.split("::")[1].lower())


def makes(action: str) -> bool:
    """Tell whether an action makes a resource, whose tags come with the request."""
    verb = action.partition(":")[2]
    return verb.startswith("Create") and verb != "CreateGrant"


def tagged(stack: PlannedStack, action: str) -> Iterator[Condition]:
    """Yield conditions by which only what has the stack's tags is touched.

    What is made gets the tag with the request. Tagging is part of making, when there is no tag
    yet, but must not take over what belongs to another environment.
    """
    for name, value in stack.tags.items():
        operator = "StringLike" if "*" in value else "StringEquals"
        if makes(action):
            yield operator, f"aws:RequestTag/{name}", value
        elif action.endswith(":TagResource"):
            yield f"{operator}IfExists", f"aws:RequestTag/{name}", value
            yield f"{operator}IfExists", f"aws:ResourceTag/{name}", value
        elif published.can_be_limited(action):
            yield operator, f"aws:ResourceTag/{name}", value
