"""The finished policies of stacks: who has which, and what is attached to which resource."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from serverlessapp.template.reading import Json

from .resolved import ACCOUNT, ResolvedStack

EVERYTHING: Json = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
# AWS KMS Developer Guide, "Default key policy": the account decides.
DEFAULT_KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
ADMINISTRATOR, KEY_OF_OTHERS = "administrator", "key of others"
ALWAYS = {ADMINISTRATOR: EVERYTHING, KEY_OF_OTHERS: DEFAULT_KEY_POLICY}


@dataclass(frozen=True, kw_only=True)
class Policies:
    """Policies, and whose they are.

    Attributes:
        documents: All policies, by a name.
        identity: Role's name -> names of what it is granted.
        boundaries: Role's name -> name of its boundary.
        resource: ARN of a bucket, queue, topic, key, table or role -> name of its policy.
    """

    documents: dict[str, Json] = field(default_factory=lambda: dict(ALWAYS))
    identity: dict[str, list[str]] = field(default_factory=dict)
    boundaries: dict[str, str] = field(default_factory=dict)
    resource: dict[str, str] = field(default_factory=dict)

    def identity_of(self, principal: str) -> list[str]:
        """Return what somebody is granted: a role, a user, who may do everything, or a service."""
        if ":user/" in principal:
            return [ADMINISTRATOR]
        return self.identity.get(role_of(principal), [])

    def boundary_of(self, principal: str) -> str:
        return self.boundaries.get(role_of(principal), "")

    def resource_policy_of(self, resource: str) -> str:
        """Return the name of the policy that a resource has; empty for none."""
        if ":key/" in resource:
            return self.resource.get(resource, KEY_OF_OTHERS)
        is_object = resource.startswith("arn:aws:s3:::")
        return self.resource.get(resource.partition("/")[0] if is_object else resource, "")


def role_of(principal: str) -> str:
    """Return the role's name in the ARN of its session; empty for anybody else."""
    kind, _, rest = principal.rpartition(":")[2].partition("/")
    return rest.partition("/")[0] if kind == "assumed-role" else ""


def session_of(stack: ResolvedStack, title: str) -> str:
    """Return the principal that a role of a stack is to others."""
    return f"arn:aws:sts::{stack.account}:assumed-role/{stack.name_of(title)}/session"


def policies_of(*stacks: ResolvedStack) -> Policies:
    """Return the policies of stacks, which may refer to each other."""
    policies = Policies()
    for stack in stacks:
        for title, resource in stack.resources.items():
            add(policies, stack, title, resource)
    return policies


def add(policies: Policies, stack: ResolvedStack, title: str, resource: Mapping[str, Any]) -> None:
    """Enter the policies that a resource has or is."""
    properties = resource["Properties"]

    def enter(kind: str, document: Json) -> str:
        name = f"{stack.name} {title} {kind}".strip()
        policies.documents[name] = document
        return name

    match resource["Type"]:
        case "AWS::IAM::Role":
            policies.resource[stack.attribute(title, "Arn")] = enter(
                "trust", properties["AssumeRolePolicyDocument"]
            )
            granted = policies.identity.setdefault(resource["Name"], [])
            for policy in properties.get("Policies", []):
                granted.append(enter(policy["PolicyName"], policy["PolicyDocument"]))
            granted += properties.get("ManagedPolicyArns", [])
            if "PermissionsBoundary" in properties:
                policies.boundaries[resource["Name"]] = properties["PermissionsBoundary"]
        case "AWS::IAM::ManagedPolicy":
            policies.documents[stack.reference(title)] = properties["PolicyDocument"]
        case "AWS::IAM::Policy":
            for role in properties["Roles"]:
                policies.identity.setdefault(role, []).append(
                    enter("", properties["PolicyDocument"])
                )
        case "AWS::KMS::Key":
            policies.resource[stack.attribute(title, "Arn")] = enter("", properties["KeyPolicy"])
        case "AWS::S3::BucketPolicy":
            arn = f"arn:aws:s3:::{properties['Bucket']}"
            policies.resource[arn] = enter("", properties["PolicyDocument"])
        case "AWS::SNS::TopicPolicy":
            for arn in properties["Topics"]:
                policies.resource[arn] = enter("", properties["PolicyDocument"])
        case "AWS::SQS::QueuePolicy":
            for url in properties["Queues"]:
                arn = f"arn:aws:sqs:{stack.region}:{stack.account}:{url.rpartition('/')[2]}"
                policies.resource[arn] = enter("", properties["PolicyDocument"])
        case "AWS::DynamoDB::Table" if "ResourcePolicy" in properties:
            policies.resource[stack.attribute(title, "Arn")] = enter(
                "", properties["ResourcePolicy"]["PolicyDocument"]
            )
