"""How resource types react to changes, from AWS's published schemas."""

from collections.abc import Iterator, Sequence
from typing import Any

from serverlessapp.diff.model import Replaced
from serverlessapp.template import schemas

# Attributes by which resources are known, whatever the type calls its primary identifier.
IDENTITIES = {"", "Arn", "Id"}


class Reaction:
    """What the schemas say."""

    def replaces(self, resource_type: str, name: str, old: Any, new: Any) -> Replaced:
        """Tell whether another value of a property replaces the resource.

        Source: resource type definition schema, ``createOnlyProperties`` ("can be set by users
        only during creation") and ``conditionalCreateOnlyProperties``. A type without a schema,
        a custom resource for example, decides by itself.

        Args:
            resource_type: For example ``AWS::S3::Bucket``.
            name: A property of the first level that differs.
            old: Its value before; None if it was not there.
            new: Its value after; None if it is no longer there.
        """
        try:
            schema = schemas.schema(resource_type)
        except schemas.UnknownTypeError:
            return Replaced.MAYBE
        replacement = Replaced.NO
        for key, certain in (
            ("createOnlyProperties", Replaced.YES),
            ("conditionalCreateOnlyProperties", Replaced.MAYBE),
        ):
            for pointer in schema.get(key) or ():
                _, _, first, *rest = pointer.split("/")
                if first == name:
                    replacement = max(replacement, min(certain, difference(old, new, rest)))
        return replacement

    def keeps(self, resource_type: str, attribute: str) -> bool:
        """Tell whether an attribute stays the same when the resource changes in place.

        What identifies a resource does, and what cannot be set again.
        """
        if attribute in IDENTITIES:
            return True
        try:
            schema = schemas.schema(resource_type)
        except schemas.UnknownTypeError:
            return False
        pointer = f"/properties/{attribute}"
        return pointer in (
            *schema.get("primaryIdentifier", ()),
            *(schema.get("createOnlyProperties") or ()),
        )


def difference(old: Any, new: Any, path: Sequence[str]) -> Replaced:
    """Tell whether two values differ at a path; an intrinsic function on the way hides it."""
    if is_function(old) or is_function(new):
        return Replaced.MAYBE if path else Replaced.YES
    before, after = list(at(old, path)), list(at(new, path))
    return Replaced.NO if before == after else Replaced.YES


def at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """Yield the values at a path, whose ``*`` stands for every item of a list."""
    if not path:
        yield value
    elif path[0] == "*" and isinstance(value, list):
        for item in value:
            yield from at(item, path[1:])
    elif isinstance(value, dict) and path[0] in value:
        yield from at(value[path[0]], path[1:])


def is_function(value: Any) -> bool:
    """Tell whether a value is an intrinsic function."""
    return (
        isinstance(value, dict)
        and len(value) == 1
        and all(key == "Ref" or key.startswith("Fn::") for key in value)
    )
