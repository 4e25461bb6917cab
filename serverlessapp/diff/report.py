"""Tells people, scripts and the changelog about a difference."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from serverlessapp.diff.model import ChangeAction, Comparison, Difference, Finding, Risk

WIDTH = 100
MARGIN = 2


def text(difference: Difference, *, for_a_release: bool = True) -> str:
    """Return a report for people, the worst first.

    Who changes a stack has no version to raise, and no changelog to write.
    """
    lines = [f"{difference.before} -> {difference.after}"]
    for names, comparison in alike(difference.comparisons):
        lines += ["", ", ".join(names), *rows(comparison.findings), *besides(comparison)]
    if not difference.findings:
        return "\n".join([*lines, "nothing changes"])
    worst = f"worst: {difference.risk.words}"
    if not for_a_release:
        return "\n".join([*lines, "", worst])
    lines += ["", f"{worst}; raise at least the version's {difference.bump.name.lower()} part"]
    if entries := changelog(difference):
        lines += ["", "for the changelog:", *entries]
    return "\n".join(lines)


def alike(comparisons: Iterable[Comparison]) -> Iterator[tuple[list[str], Comparison]]:
    """Yield what changes, with the names of the templates in which just that changes."""
    groups: dict[tuple[Finding, ...], list[Comparison]] = {}
    for comparison in comparisons:
        if comparison.findings:
            groups.setdefault(comparison.findings, []).append(comparison)
    for members in groups.values():
        yield sorted(comparison.template for comparison in members), members[0]


def rows(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield aligned lines, of which long texts take several."""
    cells = [
        (finding.risk.words, finding.kind, finding.subject, finding.text) for finding in findings
    ]
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    indent = " " * (MARGIN + sum(widths) + MARGIN * len(widths))
    for *heads, text in cells:
        line = " " * MARGIN + "".join(
            head.ljust(width + MARGIN) for head, width in zip(heads, widths)
        )
        yield from textwrap.wrap(
            text or "-",
            max(WIDTH, len(indent) + WIDTH // 3),
            initial_indent=line,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )


def besides(comparison: Comparison) -> Iterator[str]:
    """Yield a note about what a change set lists and nobody has to fear."""
    reported = {finding.subject for finding in comparison.findings}
    names = [
        change.logical_id for change in comparison.change_set if change.logical_id not in reported
    ]
    if names:
        yield from textwrap.wrap(
            f"The change set will also list {', '.join(names)}: they refer to changed resources, "
            "and CloudFormation cannot know in advance that the values stay the same.",
            WIDTH,
            initial_indent=" " * MARGIN,
            subsequent_indent=" " * MARGIN,
            break_on_hyphens=False,
        )


def changelog(difference: Difference) -> list[str]:
    """Return lines for the changelog: what its readers must know before they update."""
    findings = [finding for finding in difference.findings if finding.risk is not Risk.SAFE]
    return list(dict.fromkeys(f"- {sentence(finding)}" for finding in findings))


def sentence(finding: Finding) -> str:
    """Return a finding as a sentence of the changelog, in the form that is checked."""
    verbs = {"replaced": "Replaces", "may be replaced": "May replace", "removed": "Removes"}
    if finding.kind in verbs:
        return f"{verbs[finding.kind]} resource {finding.subject} ({finding.text})."
    if finding.risk is Risk.DATA:
        return f"Puts data at risk: {finding.kind}, resource {finding.subject} ({finding.text})."
    return f"{finding.kind[0].upper()}{finding.kind[1:]}: {finding.subject} ({finding.text})."


def document(difference: Difference, unannounced: Iterable[str]) -> dict[str, Any]:
    """Return everything as one JSON document."""
    return {
        "from": difference.before,
        "to": difference.after,
        "risk": difference.risk.name.lower(),
        "bump": difference.bump.name.lower(),
        "exit_code": int(difference.risk),
        "not_announced": list(unannounced),
        "templates": [
            {
                "name": comparison.template,
                "findings": [
                    vars(finding)
                    | {"risk": finding.risk.name.lower(), "bump": finding.bump.name.lower()}
                    for finding in comparison.findings
                ],
                "change_set": [
                    {
                        "action": change.action.value,
                        "logical_id": change.logical_id,
                        "type": change.resource_type,
                        "replacement": change.replacement.in_change_set
                        if change.action is ChangeAction.MODIFY
                        else "",
                    }
                    for change in comparison.change_set
                ],
            }
            for comparison in difference.comparisons
        ],
        "changelog": changelog(difference),
    }
