"""Findings about parameters: what a person or a script has to give."""

from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.diff.model import Bump, Finding, Risk, Template, breaking, harmless

Definition = Mapping[str, Any]

# For each bound: whether a larger number lets less through.
BOUNDS = {"MinValue": True, "MinLength": True, "MaxValue": False, "MaxLength": False}
TEXTS = ("ConstraintDescription", "Description")


def findings(before: Template, after: Template) -> Iterator[Finding]:
    """Yield what changes for those who give values."""
    old, new = before.get("Parameters", {}), after.get("Parameters", {})
    for name in old.keys() - new.keys():
        yield breaking(name, "parameter removed", "an update that still gives it is refused")
    for name, definition in new.items():
        if name in old:
            yield from changed(name, old[name], definition)
        elif "Default" in definition:
            text = f'optional, "{definition["Default"]}" if not given'
            yield harmless(name, "parameter added", text, Bump.MINOR)
        else:
            yield breaking(name, "parameter added", "without a default: every update must give it")


def changed(name: str, old: Definition, new: Definition) -> Iterator[Finding]:
    """Yield what changes about one parameter."""
    kind = "parameter changed"
    if old.get("Type") != new.get("Type"):
        text = f"type {old.get('Type')} -> {new.get('Type')}: the stack's value may be refused"
        yield breaking(name, kind, text)
    yield from default(name, old, new)
    for key, stricter in constraints(old, new):
        if stricter:
            text = f"{key}: a value that a stack has may be refused"
            yield breaking(name, "parameter stricter", text)
        else:
            yield harmless(name, "parameter wider", f"{key} allows more", Bump.MINOR)
    if str(old.get("NoEcho", False)).lower() != str(new.get("NoEcho", False)).lower():
        if str(new.get("NoEcho", False)).lower() == "true":
            yield harmless(name, kind, "NoEcho: the value is no longer shown", Bump.PATCH)
        else:
            text = "NoEcho: the value is shown to everybody"
            yield Finding(Risk.REVIEW, Bump.MINOR, name, kind, text)
    if any(old.get(key) != new.get(key) for key in TEXTS):
        yield harmless(name, kind, "its description", Bump.PATCH)


def default(name: str, old: Definition, new: Definition) -> Iterator[Finding]:
    """Yield what another default means."""
    if old.get("Default") == new.get("Default"):
        return
    if "Default" not in new:
        yield breaking(name, "default removed", "a new stack must give a value")
        return
    was = f'"{old["Default"]}"' if "Default" in old else "none"
    text = f'{was} -> "{new["Default"]}": for new stacks; a stack keeps the value it has'
    yield harmless(name, "default changed", text, Bump.MINOR)


def constraints(old: Definition, new: Definition) -> Iterator[tuple[str, bool]]:
    """Yield each constraint that changed, and whether it lets less through than before.

    Two patterns cannot be compared, so another one counts as stricter.
    """
    if old.get("AllowedPattern") != new.get("AllowedPattern"):
        yield "AllowedPattern", "AllowedPattern" in new
    before, after = old.get("AllowedValues"), new.get("AllowedValues")
    if before != after:
        lost = after is not None and (before is None or bool(set(before) - set(after)))
        if lost or after is None or set(after) != set(before or ()):
            yield "AllowedValues", lost
    for key, larger_is_stricter in BOUNDS.items():
        if str(old.get(key)) != str(new.get(key)):
            if key not in old or key not in new:
                yield key, key in new
            else:
                larger = float(new[key]) > float(old[key])
                yield key, larger == larger_is_stricter
