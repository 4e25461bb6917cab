"""Findings about outputs: what other stacks and scripts read."""

from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.diff.model import Bump, Finding, Risk, breaking, harmless
from serverlessapp.template.first_evaluation import Evaluation
from serverlessapp.template.first_references import references

Definition = Mapping[str, Any]


def findings(before: Evaluation, after: Evaluation) -> Iterator[Finding]:
    """Yield what changes for those who read the outputs."""
    old, new = before.template.get("Outputs", {}), after.template.get("Outputs", {})
    for name in old.keys() - new.keys():
        yield breaking(name, "output removed", "what reads or imports it fails")
    for name, definition in new.items():
        if name not in old:
            yield harmless(name, "output added", "", Bump.MINOR)
            continue
        yield from changed(name, before, old[name], after, definition)


def changed(
    name: str, before: Evaluation, old: Definition, after: Evaluation, new: Definition
) -> Iterator[Finding]:
    """Yield what changes about one output.

    A value that is taken from somewhere else than before needs a look. One that is merely
    written differently, as a version or a digest, changes with each release.
    """
    kind = "output changed"
    if old.get("Export") != new.get("Export"):
        if "Export" in old:
            yield breaking(name, kind, "its export has another name, or is gone")
        else:
            yield harmless(name, kind, "it is exported", Bump.MINOR)
    if (condition := new.get("Condition")) != old.get("Condition"):
        if condition:
            yield breaking(name, kind, f"it exists only under the condition {condition}")
        else:
            yield harmless(name, kind, "it always exists", Bump.MINOR)
    if before.value(old.get("Value")) != after.value(new.get("Value")):
        if set(references(old.get("Value"))) != set(references(new.get("Value"))):
            text = "its value is taken from somewhere else"
            yield Finding(Risk.REVIEW, Bump.MINOR, name, kind, text)
        else:
            yield harmless(name, kind, "its value", Bump.PATCH)
    if old.get("Description") != new.get("Description"):
        yield harmless(name, kind, "its description", Bump.PATCH)
