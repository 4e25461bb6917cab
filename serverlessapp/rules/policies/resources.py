"""What must hold for a template's resources beside their policies' wording."""

from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.templates import (
    Content,
    Statement,
    Template,
    alternatives,
    statements,
)

Found = Iterator[tuple[str, str]]  # logical ID and message

# The services of ours that also answer plain HTTP.
PLAIN_HTTP = ("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::DynamoDB::Table")
# All that a policy of each can refuse; a topic's takes no "sns:*".
EVERYTHING = {"s3:*", "sqs:*", "dynamodb:*", "sns:Publish"}
WITHOUT_TLS = {"Bool": {"aws:SecureTransport": "false"}}
TARGETS = ("Bucket", "Queues", "Topics")  # properties that name what a policy is for


def plain_http(template: Template) -> Found:
    """Whatever would answer plain HTTP refuses it."""
    refusing = {
        name
        for statement in statements(template)
        if is_refusal(statement)
        for name in guarded(statement)
    }
    for name, resource in template.resources.items():
        if resource["Type"] in PLAIN_HTTP and name not in refusing:
            yield name, "requests without TLS are not refused"


def is_refusal(statement: Statement) -> bool:
    """Tell whether a statement refuses everybody without TLS."""
    content = statement.content
    return (
        not statement.allows
        and content.get("Principal") == "*"
        and set(statement.actions) <= EVERYTHING
        and content.get("Condition") == WITHOUT_TLS
    )


def guarded(statement: Statement) -> Iterator[str]:
    """Yield the resources that a resource policy is for."""
    yield statement.resource
    properties = statement.template.resources[statement.resource]["Properties"]
    for target in TARGETS:
        for item in alternatives(properties.get(target, [])):
            if isinstance(item, dict) and "Ref" in item:
                yield item["Ref"]


def roles(template: Template) -> Iterator[tuple[str, Content]]:
    """Yield the properties of every role by logical ID."""
    for name, resource in template.resources.items():
        if resource["Type"] == "AWS::IAM::Role":
            yield name, resource["Properties"]


def unlimited_roles(template: Template) -> Found:
    """Every role stays within a boundary, where the user has one."""
    for name, properties in roles(template):
        if "PermissionsBoundary" not in properties:
            yield name, "the role accepts no permissions boundary"


def foreign_policies(template: Template) -> Found:
    """A policy that AWS manages changes without us, and always allows more than is needed."""
    for name, properties in roles(template):
        for arn in arns.texts(template, properties.get("ManagedPolicyArns", [])):
            if ":iam::aws:policy/" in arn:
                yield name, f"{arn} is managed by AWS"
