"""Statements of policies, wherever a resource carries them, as objects or as texts."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from serverlessapp.template.evaluation import Resource
from serverlessapp.template.reading import Place
from serverlessapp.template.values import (
    Guards,
    Text,
    Unknown,
    alternatives,
    joined,
)

MARK = re.compile("\ue000([0-9]+)\ue000")  # stands for a hole while a text is read as JSON


class PolicyKind(Enum):
    """What a policy is about."""

    TRUST = "trust"  # who may take the role
    IDENTITY = "identity"  # what its holder may do
    RESOURCE = "resource"  # what others may do with the resource


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of a policy, evaluated.

    Attributes:
        place: Of the list it is in, or of the text.
        guards: When it is there, besides its resource.
    """

    place: Place
    kind: PolicyKind
    content: Mapping[str, Any]
    guards: Guards = ()

    @property
    def sid(self) -> str:
        """Its name; empty where it has none."""
        return str(self.content.get("Sid", ""))

    def listed(self, element: str) -> Iterator[tuple[Any, Guards]]:
        """Yield each item of an element like ``Action``, and when it is there."""
        yield from listed(self.content.get(element, []))


def statements(resource: Resource) -> Iterator[Statement]:
    """Yield each statement of each policy of a resource."""
    for place, document, around in documents(
        resource.properties, ("Resources", resource.title, "Properties")
    ):
        if "AssumeRolePolicyDocument" in place:
            kind = PolicyKind.TRUST
        elif resource.type.startswith(("AWS::IAM::", "AWS::SSO::")):
            kind = PolicyKind.IDENTITY
        else:
            kind = PolicyKind.RESOURCE
        for content, guards in listed(document["Statement"], around):
            if isinstance(content, dict) and "Effect" in content:
                yield Statement(
                    place=(*place, "Statement"), kind=kind, content=content, guards=guards
                )


def documents(
    value: Any, place: Place = (), guards: Guards = ()
) -> Iterator[tuple[Place, Mapping[str, Any], Guards]]:
    """Yield each policy document at any depth of a value: where, what, and when it is there."""
    for alternative, around in alternatives(value, guards):
        if isinstance(alternative, list):
            for index, item in enumerate(alternative):
                yield from documents(item, (*place, index), around)
        elif isinstance(alternative, dict) and "Statement" in alternative:
            yield place, alternative, around
        elif isinstance(alternative, dict):
            for key, item in alternative.items():
                yield from documents(item, (*place, key), around)
        elif isinstance(alternative, (str, Text)):
            for document, inner in written(alternative):
                yield place, document, (*around, *inner)


def listed(value: Any, guards: Guards = ()) -> Iterator[tuple[Any, Guards]]:
    """Yield the items of a list, or the only one that is no list; each with when it is there."""
    for whole, around in alternatives(value, guards):
        for item in whole if isinstance(whole, list) else [whole]:
            yield from alternatives(item, around)


def written(value: str | Text) -> Iterator[tuple[Mapping[str, Any], Guards]]:
    """Yield the policy document that a text is; with holes, the document has them too."""
    for parts, guards in decided(value.parts if isinstance(value, Text) else (value,)):
        holes = [part for part in parts if isinstance(part, Unknown)]
        numbers = iter(range(len(holes)))
        text = "".join(
            f"\ue000{next(numbers)}\ue000" if isinstance(part, Unknown) else part for part in parts
        )
        if not (text.lstrip().startswith("{") and '"Statement"' in text):
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):  # some other text; what is new in it, nobody knows
            continue
        if isinstance(document, dict) and "Statement" in document:
            yield filled(document, holes), guards


def decided(parts: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Guards]]:
    """Yield the parts of a text, once for each way in which its choices turn out."""
    if not parts:
        yield (), ()
        return
    first, *others = parts
    for alternative, guards in alternatives(first):
        head = alternative.parts if isinstance(alternative, Text) else (alternative,)
        for rest, more in decided(tuple(others)):
            yield (*head, *rest), (*guards, *more)


def filled(value: Any, holes: list[Unknown]) -> Any:
    """Return what was read from JSON, with its holes again."""
    if isinstance(value, dict):
        return {key: filled(item, holes) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, holes) for item in value]
    if not isinstance(value, str):
        return value
    pieces = MARK.split(value)
    return joined(holes[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces))
