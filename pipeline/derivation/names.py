"""What resources will be called, before the stack exists: patterns for ARNs.

A resource without a name of its own gets one from CloudFormation, made from the names of stack and
resource and from letters nobody can foretell (CloudFormation User Guide, "Name type"). A pattern
says the stack and the kind of resource, and not which one, so that later templates may have more
of a kind. ADR 26.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from generators.render import GenerationError
from pipeline.derivation.needs import OPERATIONS
from serverlessapp.template import published
from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.reading import Template
from serverlessapp.template.values import Kind, Unknown, rendered

# A stack's GUID, in naming.py part of two names. "?" is one letter in a policy.
GUID = "-".join("?" * length for length in (8, 4, 4, 4, 12))
# Their names begin with the resource's, not with the stack's; seen, not documented.
WITHOUT_STACK = ("AWS::CloudWatch::Dashboard", "AWS::SecretsManager::Secret")
# They are part of what has another type, and this name: the default bus, if they name none.
PART_OF = {"AWS::Events::EventBusPolicy": ("AWS::Events::EventBus", ("default",))}
# Their names are random.
RANDOM = (
    "AWS::CodeStarNotifications::NotificationRule",
    "AWS::KMS::Key",
    "AWS::Lambda::EventSourceMapping",
)
# What is the same in every policy, so that Sub can put it in.
SAME = ("AWS::Partition", "AWS::AccountId", "AWS::URLSuffix")

PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class LimitError(GenerationError):
    """A permission cannot be limited; the message says what to change."""


@dataclass(frozen=True, kw_only=True)
class PlannedStack:
    """What is known of a stack before there is one. All patterns are for ``Sub``."""

    template: dict[str, Any]  # as it is written
    name: str  # pattern of its name
    named: str = ""  # how names begin that the template gives, where that is not the stack's name
    # Patterns of parameters; what is not given can be anything.
    given: Mapping[str, str] = field(default_factory=dict)
    # Patterns of the tags that its resources have.
    tags: Mapping[str, str] = field(default_factory=dict)
    boundary: str = ""  # pattern of the ARN that limits its roles; empty if nothing has to
    region: str = "*"  # pattern of its Region
    operations: tuple[str, ...] = OPERATIONS  # what is done to it
    fixed: tuple[str, ...] = ()  # logical IDs of what is only deleted

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Those that exist, or may, by logical ID."""
        evaluation = Evaluation(template=Template(content=self.template))
        return {resource.title: resource for resource in evaluation.resources()}

    def needed(self) -> Iterator[tuple[Resource, str]]:
        """Yield each resource with each operation on it; what is always retained is not deleted."""
        for title, resource in self.resources.items():
            kept = resource.attributes.get("DeletionPolicy") == "Retain"
            for operation in self.operations:
                if not (kept if operation == "delete" else title in self.fixed):
                    yield resource, operation


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


def arns_of(stack: PlannedStack, title: str) -> tuple[str, ...]:
    kind = stack.resources[title].type
    of_type, found = PART_OF.get(kind, (kind, patterns(stack, title)))
    return arns(of_type, found, stack.region)


def arns_named(stack: PlannedStack, value: Any) -> Iterator[str]:
    """Yield the ARN patterns of what a value names, for ``Sub``.

    Raises:
        LimitError: The value says nothing before there is a stack.
    """
    try:
        if isinstance(value, Unknown) and value.name in stack.resources:
            yield from arns_of(stack, value.name)
            return
        for text in texts(stack, value):
            if text != value and not text.startswith("arn:"):
                raise LookupError(value)
            yield text
    except LookupError as error:
        raise LimitError(
            f"cannot derive the ARN of resource {error}: refer to it with GetAtt, Ref, or a Sub "
            "that begins with the resource's ARN"
        ) from error


def patterns(stack: PlannedStack, title: str) -> Iterator[str]:
    """Yield patterns that match the name of a resource and of all of its kind in the stack."""
    kind, properties = stack.resources[title].type, stack.resources[title].properties
    is_bucket = kind == "AWS::S3::Bucket"
    # Names of buckets are in lower case.
    begin = stack.name.lower() if is_bucket and "${" not in stack.name else stack.name
    own = f"{begin}-*"
    all_own = [own, f"{stack.named}-*"] if stack.named else [own]
    given = properties.get(f"{kind.rpartition('::')[2]}Name", properties.get("Name"))
    if kind in RANDOM:
        yield "*"
    elif given is not None:
        for name in texts(stack, given):
            # Of a bucket, the whole name: in the ARNs of files, "*" would go on behind the slash.
            wider = [] if is_bucket else [each for each in all_own if fnmatchcase(name, each)]
            yield next(iter(wider), name)
    else:
        yield own
        if kind in WITHOUT_STACK:
            yield f"{title}-*"


def texts(stack: PlannedStack, value: Any) -> Iterator[str]:
    """Yield what a text can be, for ``Sub``: what is not known is ``*``."""
    for text in rendered(value, lambda hole: fill(stack, hole)):
        yield re.sub(r"[*]+", "*", text)


def fill(stack: PlannedStack, hole: Unknown) -> Iterable[str]:
    """Return what can stand in a text for what is not known."""
    if hole.kind is Kind.ATTRIBUTE:
        return arns_of(stack, hole.name)
    if hole.kind is Kind.RESOURCE:
        return patterns(stack, hole.name)
    if hole.name in SAME:
        return [str(hole)]
    if hole.kind is Kind.FUNCTION and "AWS::StackId" in hole.name:
        return [GUID]
    known = {"AWS::StackName": stack.name, "AWS::Region": stack.region, **stack.given}
    return [known.get(hole.name, "*")]
