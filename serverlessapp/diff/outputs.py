"""Findings about outputs: what other stacks and scripts read."""

from collections.abc import Callable, Iterator, Mapping
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
    doubtful,
    harmless,
)
from serverlessapp.diff.reaction import Reaction
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import is_secret
from serverlessapp.template.references import references
from serverlessapp.template.values import ABSENT, Formula, equivalent, same

KIND = "output changed"
# The stacks that import what an output exports, by its name; None where that is not known.
Importers = Callable[[str], list[str] | None]


@dataclass(frozen=True, kw_only=True)
class Output:
    """An output that exists, or may."""

    exists: Formula
    value: Any
    export: Any  # the name of its export, evaluated; ABSENT without one
    description: Any
    uses: frozenset[tuple[str, str]]  # what its value refers to: names, and attributes


def findings(
    before: Evaluation,
    after: Evaluation,
    changes: Mapping[str, ResourceChange],
    importers: Importers,
) -> Iterator[Finding]:
    """Yield what changes for those who read the outputs."""
    old, new = outputs(before), outputs(after)
    forms = after.template.entries("Parameters")
    for name in old.keys() - new.keys():
        text = "what reads or imports it fails"
        yield breaking(name, "output removed", text + refused(name, old[name], importers))
    for name, output in new.items():
        if name not in old:
            yield harmless(name, "output added", "", Bump.MINOR)
            if secrets := [target for target, _ in output.uses if is_secret(forms.get(target, {}))]:
                # Which outputs do not mask (CloudFormation User Guide, "Parameters").
                yield doubtful(name, "output added", f"it shows {secrets[0]}, which is NoEcho")
            continue
        yield from changed(name, old[name], output, importers)
        yield from followed(name, output, changes, importers)


def refused(name: str, output: Output, importers: Importers) -> str:
    """Return what CloudFormation says to another value of an output; empty if nothing.

    Source: CloudFormation Template Reference, "Fn::ImportValue": after another stack imports an
    output value, you can't modify the exported output value, or delete it.
    """
    if output.export is ABSENT or (names := importers(name)) == []:
        return ""
    who = ", ".join(names) if names else "another stack"
    return f"; CloudFormation refuses that {'because' if names else 'if'} {who} imports it"


def unknown(output: str) -> None:
    """Return that nobody knows who imports an output."""


def outputs(evaluation: Evaluation) -> dict[str, Output]:
    """Return the outputs that exist, or may."""
    existing = {}
    for name, written in evaluation.template.entries("Outputs").items():
        exists, inside = evaluation.where(written.get("Condition"))
        if exists is False:
            continue
        export = inside.value(written.get("Export", ABSENT))
        existing[name] = Output(
            exists=exists,
            value=inside.value(written.get("Value", ABSENT)),
            export=export.get("Name") if isinstance(export, dict) else export,
            description=written.get("Description", ABSENT),
            uses=frozenset(
                (use.target, use.attribute)
                for use in references(written.get("Value"))
                if use.may_be(inside)
            ),
        )
    return existing


def changed(name: str, old: Output, new: Output, importers: Importers) -> Iterator[Finding]:
    """Yield what changes about one output.

    A value that is taken from somewhere else than before needs a look, and so does any other
    value of an export. One that is merely written differently, as a version or a digest, changes
    with each release.
    """
    if old.export is ABSENT and new.export is not ABSENT:
        yield harmless(name, KIND, "it is exported", Bump.MINOR)
    elif not equivalent(old.export, new.export):
        text = f"its export is renamed or removed{refused(name, old, importers)}"
        yield breaking(name, KIND, text)
    if new.exists is True and old.exists is not True:
        yield harmless(name, KIND, "it always exists", Bump.MINOR)
    elif not same(old.exists, new.exists):
        yield breaking(name, KIND, "it exists only under a condition, or under another one")
    if not equivalent(old.value, new.value):
        refusal = refused(name, old, importers)
        if old.uses != new.uses:
            yield doubtful(name, KIND, f"its value comes from another source{refusal}")
        elif refusal:
            yield Finding(Risk.REVIEW, Bump.PATCH, name, KIND, f"its value{refusal}")
        else:
            yield harmless(name, KIND, "its value", Bump.PATCH)
    if not same(old.description, new.description):
        yield harmless(name, KIND, "its description", Bump.PATCH)


def followed(
    name: str, output: Output, changes: Mapping[str, ResourceChange], importers: Importers
) -> Iterator[Finding]:
    """Yield what an output says of resources that change."""
    reaction = Reaction()
    for title, attribute in sorted(output.uses):
        change = changes.get(title)
        if change is None or change.action is not ChangeAction.MODIFY:
            continue
        if change.replacement is not Replaced.NO:
            verb = "is" if change.replacement is Replaced.YES else "may be"
            text = f"it is about {title}, which {verb} replaced"
            yield doubtful(name, KIND, text + refused(name, output, importers))
        elif not reaction.keeps(change.resource_type, attribute) and (
            refusal := refused(name, output, importers)
        ):
            text = f"{attribute} of {title}, which changes, may change"
            yield doubtful(name, KIND, text + refusal)
