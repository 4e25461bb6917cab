"""Findings about outputs: what other stacks and scripts read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serverlessapp.diff.model import (
    Bump,
    ChangeAction,
    Finding,
    Replaced,
    ResourceChange,
    Risk,
    breaking,
    harmless,
)
from serverlessapp.diff.reaction import Reaction
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.references import Reference, references
from serverlessapp.template.structure import MACROS
from serverlessapp.template.values import ABSENT, Formula, same

KIND = "output changed"
# CloudFormation Template Reference, "Fn::ImportValue": after another stack imports an output
# value, you can't modify the exported output value, or delete it.
REFUSED = "CloudFormation refuses that while another stack imports it (list-imports tells)"


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output that exists, or may.

    Attributes:
        export: The name of its export, evaluated; ``ABSENT`` without one.
        uses: What its value refers to.
    """

    exists: Formula
    value: Any
    export: Any
    description: Any
    uses: frozenset[Reference]


def findings(
    before: Evaluation, after: Evaluation, changes: Mapping[str, ResourceChange]
) -> Iterator[Finding]:
    """Yield what changes for those who read the outputs."""
    old, new = outputs(before), outputs(after)
    for name in old.keys() - new.keys():
        text = "what reads or imports it fails"
        if old[name].export is not ABSENT:
            text += f": {REFUSED}"
        yield breaking(name, "output removed", text)
    for name, output in new.items():
        if name not in old:
            yield harmless(name, "output added", "", Bump.MINOR)
            continue
        yield from changed(name, old[name], output)
        yield from followed(name, output, changes)


def outputs(evaluation: Evaluation) -> dict[str, Output]:
    """Return the outputs that exist, or may."""
    existing = {}
    for name, written in evaluation.template.section("Outputs").items():
        if name.startswith(MACROS):
            continue
        condition = written.get("Condition")
        exists = True if condition is None else evaluation.condition(condition)
        if exists is False:
            continue
        inside = evaluation if exists is True else evaluation.under({condition: True})
        export = inside.value(written.get("Export", ABSENT))
        existing[name] = Output(
            exists=exists,
            value=inside.value(written.get("Value", ABSENT)),
            export=export.get("Name") if isinstance(export, dict) else export,
            description=written.get("Description", ABSENT),
            uses=frozenset(
                Reference((), "", use.target, use.attribute)
                for use in references(written.get("Value"))
                if all(inside.condition(guard) is not (not holds) for guard, holds in use.guards)
            ),
        )
    return existing


def changed(name: str, old: Output, new: Output) -> Iterator[Finding]:
    """Yield what changes about one output.

    A value that is taken from somewhere else than before needs a look, and so does any other
    value of an export. One that is merely written differently, as a version or a digest, changes
    with each release.
    """
    if old.export is ABSENT and new.export is not ABSENT:
        yield harmless(name, KIND, "it is exported", Bump.MINOR)
    elif not same(old.export, new.export):
        yield breaking(name, KIND, f"its export has another name, or is gone: {REFUSED}")
    if new.exists is True and old.exists is not True:
        yield harmless(name, KIND, "it always exists", Bump.MINOR)
    elif not same(old.exists, new.exists):
        yield breaking(name, KIND, "it exists only under a condition, or under another one")
    if not same(old.value, new.value):
        from_elsewhere = old.uses != new.uses
        text = "its value is taken from somewhere else" if from_elsewhere else "its value"
        yield Finding(
            Risk.SAFE if old.export is ABSENT and not from_elsewhere else Risk.REVIEW,
            Bump.MINOR if from_elsewhere else Bump.PATCH,
            name,
            KIND,
            text if old.export is ABSENT else f"{text}: {REFUSED}",
        )
    if not same(old.description, new.description):
        yield harmless(name, KIND, "its description", Bump.PATCH)


def followed(name: str, output: Output, changes: Mapping[str, ResourceChange]) -> Iterator[Finding]:
    """Yield what an output says of resources that change."""
    reaction = Reaction()
    for title, attribute in sorted({(use.target, use.attribute) for use in output.uses}):
        change = changes.get(title)
        if change is None or change.action is not ChangeAction.MODIFY:
            continue
        if change.replacement is not Replaced.NO:
            verb = "is" if change.replacement is Replaced.YES else "may be"
            text = f"it is about {title}, which {verb} replaced"
        elif output.export is ABSENT or reaction.keeps(change.resource_type, attribute):
            continue
        else:
            text = f"{attribute} of {title}, which changes, may be another one"
        refused = "" if output.export is ABSENT else f": {REFUSED}"
        yield Finding(Risk.REVIEW, Bump.MINOR, name, KIND, text + refused)
