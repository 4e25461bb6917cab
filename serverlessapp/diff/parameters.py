"""Findings about parameters: what a person or a script has to give."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from serverlessapp.diff.model import Bump, Finding, breaking, doubtful, harmless
from serverlessapp.template.parameters import is_secret
from serverlessapp.template.reading import Template
from serverlessapp.template.values import ABSENT, canonical, number, same, scalar

Definition = Mapping[str, Any]

# For each bound: whether a larger number lets less through.
BOUNDS = {"MinValue": True, "MinLength": True, "MaxValue": False, "MaxLength": False}
TEXTS = ("ConstraintDescription", "Description")


def findings(before: Template, after: Template, given: Collection[str] = ()) -> Iterator[Finding]:
    """Yield what changes for those who give values; the update gives some, by name."""
    old, new = before.entries("Parameters"), after.entries("Parameters")
    for name in old.keys() - new.keys():
        yield breaking(name, "parameter removed", "updates that still set it are refused")
    for name, definition in new.items():
        if name in old:
            yield from changed(name, old[name], definition)
        elif "Default" in definition:
            text = f"optional, default {quoted(definition)}"
            yield harmless(name, "parameter added", text, Bump.MINOR)
        elif name in given:
            yield harmless(name, "parameter added", "set by this update", Bump.MAJOR)
        else:
            yield breaking(name, "parameter added", "no default: every update must set it")


def changed(name: str, old: Definition, new: Definition) -> Iterator[Finding]:
    """Yield what changes about one parameter."""
    kind = "parameter changed"
    if differs("Type", old, new):
        text = f"type {old.get('Type')} -> {new.get('Type')}: existing values may be refused"
        yield breaking(name, kind, text)
    yield from default(name, old, new)
    for key, stricter in constraints(old, new):
        if stricter:
            text = f"{key}: existing values may be refused"
            yield breaking(name, "parameter stricter", text)
        else:
            yield harmless(name, "parameter wider", f"{key} allows more", Bump.MINOR)
    if is_secret(old) != is_secret(new):
        if is_secret(new):
            yield harmless(name, kind, "NoEcho: the value is no longer displayed", Bump.PATCH)
        else:
            text = "NoEcho: the value becomes visible"
            yield doubtful(name, kind, text)
    if any(differs(key, old, new) for key in TEXTS):
        yield harmless(name, kind, "its description", Bump.PATCH)


def differs(key: str, old: Definition, new: Definition) -> bool:
    """Tell whether something is said differently about a parameter."""
    return not same(old.get(key, ABSENT), new.get(key, ABSENT))


def quoted(definition: Definition) -> str:
    """Return a parameter's default as people read it; it may be one that only its form shows."""
    return "none" if "Default" not in definition else f'"{scalar(definition["Default"])}"'


def default(name: str, old: Definition, new: Definition) -> Iterator[Finding]:
    """Yield what another default means."""
    if not differs("Default", old, new):
        return
    if "Default" not in new:
        yield breaking(name, "default removed", "new stacks must set a value")
        return
    change = f"{quoted(old)} -> {quoted(new)}"
    text = (
        f"{change}: for new stacks, and updates that neither set the parameter nor keep its value"
    )
    yield harmless(name, "default changed", text, Bump.MINOR)


def constraints(old: Definition, new: Definition) -> Iterator[tuple[str, bool]]:
    """Yield each constraint that changed, and whether it lets less through than before.

    Two patterns cannot be compared, so another one counts as stricter.
    """
    if differs("AllowedPattern", old, new):
        yield "AllowedPattern", "AllowedPattern" in new
    before, after = allowed(old), allowed(new)
    if before != after:
        yield "AllowedValues", after is not None and (before is None or not before <= after)
    for key, larger_is_stricter in BOUNDS.items():
        if not differs(key, old, new):
            continue
        if key not in old or key not in new:
            yield key, key in new
            continue
        was, now = number(old[key]), number(new[key])
        if was is None or now is None:  # no bound at all
            yield key, True
        elif was != now:
            yield key, not (now < was if larger_is_stricter else now > was)


def allowed(definition: Definition) -> set[str] | None:
    """Return the values that are allowed; None: all."""
    values = definition.get("AllowedValues")
    return set(map(canonical, values)) if isinstance(values, list) else None
