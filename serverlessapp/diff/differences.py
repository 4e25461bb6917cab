"""Where the properties of a resource differ, down to the values."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from serverlessapp.diff.openness import properties_of
from serverlessapp.diff.statements import is_possible, text
from serverlessapp.template.evaluation import Resource
from serverlessapp.template.policies import documents, listed
from serverlessapp.template.values import (
    ABSENT,
    Choice,
    Text,
    canonical,
    equivalent,
    is_scalar,
    options,
    same,
    scalar,
)

# What items of a list are known by, in this order. The name of a setting says what it is about.
SETTINGS = ("Key", "OptionName", "ParameterName")
IDENTITIES = (
    *SETTINGS,
    *("Name", "Id", "IndexName", "AttributeName", "Region", "RuleName", "PolicyName"),
)
NOTHING: tuple[Any, ...] = (ABSENT, {}, [])


@dataclass(frozen=True)
class PropertyChange:
    """One value that differs; ``ABSENT`` where there is none."""

    path: tuple[str, ...]  # names of properties; items of lists are [name] or []
    old: Any
    new: Any

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of properties."""
        return tuple(step for step in self.path if not step.startswith("["))

    @property
    def name(self) -> str:
        """The name of the property itself; empty for all of them."""
        return self.names[-1] if self.names else ""

    @property
    def place(self) -> str:
        """The path, as people write it."""
        return ".".join(self.path).replace(".[", "[") or "Properties"

    def __str__(self) -> str:
        return f"{self.place}: {short(self.old)} -> {short(self.new)}"


# What differs about each resource that stays what it is, by logical ID.
Changed = Mapping[str, list[PropertyChange]]


def of_resources(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Changed:
    """Return what differs about the resources of both templates."""
    return {
        title: list(differences(properties_of(old[title]), properties_of(resource)))
        for title, resource in new.items()
        if title in old and old[title].type == resource.type
    }


def short(value: Any) -> str:
    """Return a value in few words."""
    words = "nothing" if value is ABSENT else text(value)
    return words if len(words) <= 60 else f"{words[:60]}..."


def differences(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[PropertyChange]:
    """Yield each value that differs. The order of lists means nothing, nor how JSON is written.

    Values under conditions are compared under the same ones. The statements of a policy are left
    out; what else differs about a policy is not.
    """
    if equivalent(old, new) or same(parsed(old), parsed(new)):
        return
    if isinstance(old, Choice) or isinstance(new, Choice):
        for was, before in options(old):
            for now, after in options(new, before):
                if is_possible(after):
                    yield from differences(was, now, path)
    elif is_policy(new) and (old is ABSENT or is_policy(old)):
        if old is not ABSENT and not same(besides(old), besides(new)):
            yield PropertyChange(path, old, new)
    elif (old in NOTHING and new in NOTHING) or (new is ABSENT and is_policy(old)):
        yield PropertyChange(path, old, new)
    elif are(dict, old, new):
        was, now = ({} if value is ABSENT else value for value in (old, new))
        for name in {**was, **now}:
            yield from differences(was.get(name, ABSENT), now.get(name, ABSENT), (*path, name))
    elif are(list, old, new):
        was, now = ([] if value is ABSENT else value for value in (old, new))
        yield from of_lists(was, now, path)
    else:
        yield PropertyChange(path, old, new)


def parsed(value: Any) -> Any:
    """Return what a text of JSON says; anything else as it is."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        with suppress(ValueError, RecursionError):
            return json.loads(value)
    return value


def are(kind: type, *values: Any) -> bool:
    """Tell whether values are of a kind, as far as there are any."""
    return all(value is ABSENT or isinstance(value, kind) for value in values)


def of_lists(old: list[Any], new: list[Any], path: tuple[str, ...]) -> Iterator[PropertyChange]:
    """Yield what differs between two lists, item by item."""
    had, has = [canonical(item) for item in old], [canonical(item) for item in new]
    known = Counter(had) & Counter(has)
    was, now = left(old, had, known), left(new, has, known)
    if identity := identity_of(was, now):
        before = {scalar(item[identity]): item for item in was}
        after = {scalar(item[identity]): item for item in now}
        for name in {**before, **after}:
            step = name if identity in SETTINGS else f"[{name}]"
            pair = (before.get(name, ABSENT), after.get(name, ABSENT))
            yield from differences(*pair, (*path, step))
    elif len(was) == len(now) and are(dict, *was, *now):
        for pair in zip(was, now):
            yield from differences(*pair, (*path, "[]"))
    else:
        for item in was:
            yield from differences(item, ABSENT, (*path, "[]"))
        for item in now:
            yield from differences(ABSENT, item, (*path, "[]"))


def left(items: list[Any], written: list[str], known: Counter[str]) -> list[Any]:
    """Return the items without those that are known, by how each is written."""
    counts = Counter(known)
    rest = []
    for item, key in zip(items, written):
        counts[key] -= 1
        if counts[key] < 0:
            rest.append(item)
    return rest


def identity_of(old: list[Any], new: list[Any]) -> str:
    """Return the property by which the items are known; empty if there is none."""
    for name in IDENTITIES:
        if all(isinstance(item, dict) and is_scalar(item.get(name)) for item in (*old, *new)) and (
            all(len({scalar(item[name]) for item in items}) == len(items) for items in (old, new))
        ):
            return name
    return ""


def is_policy(value: Any) -> bool:
    """Tell whether a value is a policy of which statements can be read."""
    is_object = isinstance(value, dict) and "Statement" in value
    if not is_object and not isinstance(value, (str, Text)):
        return False
    policies = [document for _, document, _ in documents(value)]
    items = [item for policy in policies for item, _ in listed(policy["Statement"])]
    return (
        bool(policies)
        and all(isinstance(item, dict) for item in items)
        and (not items or any("Effect" in item for item in items))
    )


def besides(value: Any) -> list[Any]:
    """Return what a policy says besides its name and the statements that can be read."""
    return [
        {
            **{key: item for key, item in document.items() if key != "Id"},
            "Statement": [
                item
                for item, _ in listed(document["Statement"])
                if not (isinstance(item, dict) and "Effect" in item)
            ],
        }
        for _, document, _ in documents(value)
    ]
