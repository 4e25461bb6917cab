"""What resources will be called, before the stack exists: patterns for ARNs.

A resource without a name of its own gets one from CloudFormation, made from the names of stack and
resource and from letters nobody can foretell (CloudFormation User Guide, "Name type").
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from pipeline.derivation.needs import OPERATIONS
from serverlessapp.template import published

# A stack's GUID, in naming.py part of two names. "?" is one letter in a policy.
GUID = "-".join("?" * length for length in (8, 4, 4, 4, 12))
# Their names begin with the resource's, not with the stack's; seen, not documented.
WITHOUT_STACK = ("AWS::CloudWatch::Dashboard", "AWS::SecretsManager::Secret")
# Their names are random.
RANDOM = (
    "AWS::CodeStarNotifications::NotificationRule",
    "AWS::KMS::Key",
    "AWS::Lambda::EventSourceMapping",
)
# What is the same in every policy, so that Sub can put it in.
SAME = ("AWS::Partition", "AWS::AccountId", "AWS::URLSuffix")

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What is known of a stack before there is one. All patterns are for ``Sub``.

    Attributes:
        template: As JSON has it.
        name: Pattern of its name.
        given: Patterns of parameters; what is not given can be anything.
        tags: Patterns of the tags that its resources have.
        boundary: Pattern of the ARN that limits its roles; empty if nothing has to.
        region: Pattern of its Region.
        by_kind: All that begins with its name is its own, whatever the logical ID: also what later
            templates add.
        operations: What is done to it.
        fixed: Logical IDs of what is only read and deleted.
    """

    template: Mapping[str, Any]
    name: str
    given: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    boundary: str = ""
    region: str = "*"
    by_kind: bool = False
    operations: tuple[str, ...] = OPERATIONS
    fixed: tuple[str, ...] = ()

    def kind(self, title: str) -> str:
        """Return the type of a resource, like ``AWS::SQS::Queue``."""
        return str(self.template["Resources"][title]["Type"])

    def properties(self, title: str) -> Mapping[str, Any]:
        """Return the properties of a resource."""
        properties: Mapping[str, Any] = self.template["Resources"][title].get("Properties", {})
        return properties

    def needed(self) -> Iterator[tuple[str, str]]:
        """Yield each resource with each operation on it."""
        for title in self.template["Resources"]:
            for operation in self.operations:
                if title not in self.fixed or operation in ("read", "delete"):
                    yield title, operation


def arns(resource_type: str, names: Iterable[str], region: str = "*") -> tuple[str, ...]:
    """Return ARN patterns of resources in this account, for ``Sub``.

    Raises:
        LookupError: AWS publishes no ARN format for the type.
    """
    known = published.arn_of(resource_type)
    known = known.replace("${Partition}", "${AWS::Partition}").replace("${Region}", region)
    known = known.replace("${Account}", "${AWS::AccountId}")
    last = PLACEHOLDER.findall(known)[-1]
    return tuple(known.replace(f"${{{last}}}", name) for name in names)


def arns_of(stack: Stack, title: str) -> tuple[str, ...]:
    """Return the ARN patterns of a resource of the template."""
    return arns(stack.kind(title), patterns(stack, title), stack.region)


def patterns(stack: Stack, title: str) -> Iterator[str]:
    """Yield patterns that match the name of a resource, and hardly anything else."""
    kind, properties = stack.kind(title), stack.properties(title)
    begin = stack.name
    if kind == "AWS::S3::Bucket":  # their names are in lower case
        begin, title = begin if "${" in begin else begin.lower(), title.lower()
    own = f"{begin}-*"
    given = properties.get(f"{kind.rpartition('::')[2]}Name", properties.get("Name"))
    if kind in RANDOM:
        yield "*"
    elif given is not None:
        for name in texts(stack, given):
            yield own if stack.by_kind and fnmatchcase(name, own) else name
    else:
        yield own if stack.by_kind else f"{begin}-{title}-*"
        if kind in WITHOUT_STACK:
            yield f"{title}-*"


def texts(stack: Stack, value: Any) -> Iterator[str]:
    """Yield what a text made with ``Sub`` can be, for ``Sub``: what is not known is ``*``."""
    text = value["Fn::Sub"] if isinstance(value, dict) else value
    parts = PLACEHOLDER.split(text if isinstance(text, str) else text[0])
    holes = ([*filled(stack, name)] for name in parts[1::2])
    for chosen in product(*holes):
        joined = "".join(x for pair in zip(parts[::2], (*chosen, ""), strict=True) for x in pair)
        yield re.sub(r"[*]+", "*", joined)


def filled(stack: Stack, name: str) -> Iterator[str]:
    """Yield what a placeholder stands for."""
    title, _, attribute = name.partition(".")
    if title in stack.template["Resources"]:
        yield from arns_of(stack, title) if attribute else patterns(stack, title)
    elif name in SAME:
        yield f"${{{name}}}"
    else:
        known = {"AWS::StackName": stack.name, "AWS::Region": stack.region, "Guid": GUID}
        known |= stack.given
        yield known.get(name, "*")
