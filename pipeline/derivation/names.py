"""What resources will be called, before the stack exists: patterns for ARNs.

A resource without a name of its own gets one from CloudFormation, made from the names of stack and
resource and from letters nobody can foretell (CloudFormation User Guide, "Name type").
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.template import published

Template = Mapping[str, Any]
Resource = dict[str, Any]

# A stack's GUID, in naming.py part of two names. "?" is one letter in a policy.
GUID = "-".join("?" * length for length in (8, 4, 4, 4, 12))
# The property with the name, and the length to which CloudFormation shortens what it makes up.
GIVEN = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SQS::Queue": "QueueName",
}
# Their names begin with the resource's, not with the stack's; seen, not documented.
WITHOUT_STACK = ("AWS::CloudWatch::Dashboard", "AWS::SecretsManager::Secret")
# Their names are random.
RANDOM = ("AWS::KMS::Key", "AWS::Lambda::EventSourceMapping")

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


def arns(resource_type: str, names: Iterator[str]) -> tuple[str, ...]:
    """Return ARN patterns of resources in this account and any Region, for ``Sub``.

    Raises:
        LookupError: AWS publishes no ARN format for the type.
    """
    known = published.arn_of(resource_type)
    known = known.replace("${Partition}", "${AWS::Partition}").replace("${Region}", "*")
    known = known.replace("${Account}", "${AWS::AccountId}")
    last = PLACEHOLDER.findall(known)[-1]
    return tuple(known.replace(f"${{{last}}}", name) for name in names)


def arns_of(template: Template, stack: str, title: str) -> tuple[str, ...]:
    """Return the ARN patterns of a resource of the template."""
    resource = template["Resources"][title]
    return arns(resource["Type"], patterns(stack, title, resource))


def patterns(stack: str, title: str, resource: Resource) -> Iterator[str]:
    """Yield patterns that match the name of a resource, and hardly anything else.

    Args:
        stack: The stack's name, for ``Sub``.
        title: The resource's logical ID.
        resource: The resource as the template has it.
    """
    kind = resource["Type"]
    given = resource.get("Properties", {}).get(GIVEN.get(kind, ""))
    if given is not None:
        yield from_expression(stack, given)
    elif kind in RANDOM:
        yield "*"
    else:
        # Names of buckets are in lower case.
        yield f"{stack}-{title.lower() if kind == 'AWS::S3::Bucket' else title}-*"
        if kind in WITHOUT_STACK:
            yield f"{title}-*"


def from_expression(stack: str, value: Any) -> str:
    """Return the pattern of a name that the template makes with ``Sub``."""
    text = value["Fn::Sub"]
    known = {"AWS::StackName": stack, "EnvironmentSuffix": "${EnvironmentSuffix}", "Guid": GUID}
    if isinstance(text, list):
        text = text[0]
    return PLACEHOLDER.sub(lambda found: known.get(found[1], "*"), text)
