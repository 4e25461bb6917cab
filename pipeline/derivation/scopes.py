"""On which resources, and under which conditions, an action is needed for a resource.

Each condition is one that AWS fills in for the action: our rule W9305 checks that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generators.naming import PROJECT
from pipeline.derivation import names, needs
from pipeline.derivation.names import Template
from serverlessapp.template import published

Condition = tuple[str, str, str]  # operator, key, value for Sub

# The policies and the like that are made by changing another resource: type -> property.
PART_OF = {
    "AWS::IAM::Policy": "Roles",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::SNS::Subscription": "TopicArn",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::SQS::QueuePolicy": "Queues",
}
# Actions of other services are on what a property names: type and service -> property.
LINKS = {
    ("AWS::DynamoDB::Table", "kms"): "SSESpecification.KMSMasterKeyId",
    ("AWS::Lambda::Function", "iam"): "Role",
    ("AWS::Lambda::Function", "s3"): "Code.S3Bucket",
    ("AWS::SecretsManager::Secret", "kms"): "KmsKeyId",
}
PASSED_TO = {"AWS::Lambda::Function": "lambda.amazonaws.com"}
# What gives a role permissions; only within the boundary.
GIVES_PERMISSIONS = ("iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")
BOUNDARY = "${Boundary}"  # to be replaced by the boundary's ARN
# Nothing but tags tells these apart from those of others.
TOLD_BY_TAG = ("AWS::KMS::Key", "AWS::SecretsManager::Secret")
TAGS = {"Environment": "${EnvironmentSuffix}", "Project": PROJECT}


@dataclass(frozen=True)
class Scope:
    """Where an action is allowed: ARN patterns for ``Sub``, or ``*``, and conditions."""

    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()


def scope(template: Template, stack: str, title: str, action: str) -> Scope:
    """Return where CloudFormation needs an action for one resource of the template.

    Args:
        template: The template, as JSON has it.
        stack: The stack's name, for ``Sub``.
        title: Logical ID of the resource.
        action: One of those in ``needs.actions``.
    """
    resource = template["Resources"][title]
    kind, properties = resource["Type"], resource.get("Properties", {})
    property_name = link(kind, action.partition(":")[0])
    target = next(references(properties, property_name)) if property_name else title
    if target not in template["Resources"]:  # a parameter: only the code's bucket is one
        return Scope((f"arn:${{AWS::Partition}}:s3:::${{{target}}}/*",))
    target_type = template["Resources"][target]["Type"]
    conditions = tuple(limits(template, stack, title, action, target_type))
    if not published.can_be_limited(action):
        return Scope(("*",), conditions)
    return Scope(names.arns_of(template, stack, target), conditions)


def link(resource_type: str, service: str) -> str:
    """Return the property that names what actions of a service are on, or nothing: it is itself."""
    if resource_type.startswith(needs.CUSTOM):
        return "ServiceToken"
    return LINKS.get((resource_type, service), PART_OF.get(resource_type, ""))


def limits(
    template: Template, stack: str, title: str, action: str, target_type: str
) -> Iterator[Condition]:
    """Yield the conditions of an action that is for one resource, on a target of a type."""
    resource = template["Resources"][title]
    kind = resource["Type"]
    if action == "iam:PassRole":
        yield "StringEquals", "iam:PassedToService", PASSED_TO[kind]
    elif action in GIVES_PERMISSIONS:
        yield "ArnEquals", "iam:PermissionsBoundary", BOUNDARY
    elif kind == "AWS::Lambda::EventSourceMapping":
        if "lambda:FunctionArn" in published.condition_keys(action):
            function = next(references(resource["Properties"], "FunctionName"))
            (arn,) = names.arns_of(template, stack, function)
            yield "ArnLike", "lambda:FunctionArn", arn
    elif action.startswith("kms:") and kind != "AWS::KMS::Key":
        yield from through(kind, action)
    if target_type in TOLD_BY_TAG:
        yield from tagged(action)


def through(kind: str, action: str) -> Iterator[Condition]:
    """Yield the conditions for using a key in the name of another service.

    Source: AWS KMS Developer Guide, ``kms:ViaService`` and ``kms:GrantIsForAWSResource``.
    """
    if published.can_be_limited(action):
        service = kind.split("::")[1].lower()
        yield "StringLike", "kms:ViaService", f"{service}.*.${{AWS::URLSuffix}}"
    if action == "kms:CreateGrant":
        yield "Bool", "kms:GrantIsForAWSResource", "true"


def makes(action: str) -> bool:
    """Tell whether an action makes a resource, whose tags come with the request."""
    verb = action.partition(":")[2]
    return verb.startswith("Create") and verb != "CreateGrant"


def tagged(action: str) -> Iterator[Condition]:
    """Yield conditions by which only what belongs to the environment is touched.

    What is made gets the tag with the request. Tagging is part of making, when there is no tag
    yet, but must not take over what belongs to another environment.
    """
    for name, value in TAGS.items():
        if makes(action):
            yield "StringEquals", f"aws:RequestTag/{name}", value
        elif action.endswith(":TagResource"):
            yield "StringEqualsIfExists", f"aws:RequestTag/{name}", value
            yield "StringEqualsIfExists", f"aws:ResourceTag/{name}", value
        elif published.can_be_limited(action):
            yield "StringEquals", f"aws:ResourceTag/{name}", value


def references(properties: Any, path: str) -> Iterator[str]:
    """Yield the logical IDs, of resources or parameters, that a property refers to."""
    for value in needs.values(properties, path):
        for item in value if isinstance(value, list) else [value]:
            if "Ref" in item:
                yield item["Ref"]
            elif "Fn::GetAtt" in item:
                yield item["Fn::GetAtt"][0]
