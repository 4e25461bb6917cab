"""Statements of policies, wherever a resource carries them, as objects or as texts."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from serverlessapp.template.evaluation import Resource
from serverlessapp.template.reading import Place
from serverlessapp.template.values import Guards, Text, alternatives, joined, ways

MARK = re.compile("\ue000([0-9]+)\ue000")  # stands for a hole while a text is read as JSON


class PolicyKind(Enum):
    """What a policy is about."""

    TRUST = "trust"  # who may take the role
    IDENTITY = "identity"  # what its holder may do
    RESOURCE = "resource"  # what others may do with the resource


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement of a policy, evaluated."""

    place: Place  # of the list it is in, or of the text
    kind: PolicyKind
    content: Mapping[str, Any]
    guards: Guards = ()  # when it is there, besides its resource

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
        elif isinstance(alternative, (str, Text)) and "Statement" in str(alternative):
            for document, when in written(alternative, around):
                yield place, document, when


def listed(value: Any, guards: Guards = ()) -> Iterator[tuple[Any, Guards]]:
    """Yield the items of a list, or the only one that is no list; each with when it is there."""
    for whole, around in alternatives(value, guards):
        for item in whole if isinstance(whole, list) else [whole]:
            yield from alternatives(item, around)


def written(value: str | Text, around: Guards) -> Iterator[tuple[Mapping[str, Any], Guards]]:
    """Yield the policy document that a text is; with holes, the document has them too."""
    for whole, guards in ways(value, around):
        parts = whole.parts if isinstance(whole, Text) else (whole,)
        text = "".join(
            part if isinstance(part, str) else f"\ue000{n}\ue000" for n, part in enumerate(parts)
        )
        if not (text.lstrip().startswith("{") and '"Statement"' in text):
            continue
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):  # some other text; what is new in it, nobody knows
            continue
        if isinstance(document, dict) and "Statement" in document:
            yield filled(document, parts), guards


def filled(value: Any, parts: tuple[Any, ...]) -> Any:
    """Return what was read from JSON, with its holes again."""
    if isinstance(value, dict):
        return {key: filled(item, parts) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, parts) for item in value]
    if not isinstance(value, str):
        return value
    pieces = MARK.split(value)
    return joined(parts[int(piece)] if n % 2 else piece for n, piece in enumerate(pieces))
