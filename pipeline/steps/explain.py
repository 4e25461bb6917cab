"""``explain``: what a delivery would change, for whoever approves it."""

import textwrap
from collections.abc import Iterator, Sequence

from pipeline.names import CHANGE_SETS, INSPECT, REVIEW
from pipeline.steps.plan import DeliveryPlan
from pipeline.steps.prepared import PreparedChange, prepared
from pipeline.steps.session import places
from pipeline.steps.settings import StepSettings
from serverlessapp.diff import report
from serverlessapp.diff.model import Risk
from serverlessapp.report import count

NEW_STACK = "new stack"
# An approval's text has at most 1,000 characters (CodePipeline User Guide, "Quotas"); the pipeline
# may put its own around this.
LENGTH = 900


def explain(settings: StepSettings) -> int:
    """Print what each Region's change set does, and write the plan; 1 if nobody would be asked."""
    environment = settings.environment
    changes = [
        prepared(place, CHANGE_SETS[REVIEW], settings.package, environment)
        for place in places(environment, INSPECT)
    ]
    for change in changes:
        settings.say("\n".join(told(change)))
    plans = {change.region: change.plan for change in changes}
    plan = DeliveryPlan(environment=environment.name, execution=settings.execution, regions=plans)
    plan.write(settings.output)
    settings.hand_on(summary(settings, changes))
    risk = max(change.risk for change in changes)
    if risk is Risk.DATA and environment.template.retention.keeps_data and not environment.approval:
        settings.say(
            "refused: data at risk, and the environment has no approval; set approval = true for "
            f"{environment.name} in delivery.toml, or revert the change"
        )
        return 1
    return 0


def told(change: PreparedChange) -> Iterator[str]:
    """Yield the report about one Region."""
    yield f"{change.stack} in {change.region}: {verdict(change)}"
    for line in change.plan.changes:
        yield f"  {line}"
    for comparison in change.difference.comparisons if change.difference else ():
        if comparison.findings:
            yield from report.rows(comparison.findings)
        yield from report.besides(comparison)
    yield ""


def verdict(change: PreparedChange) -> str:
    """Return in a few words what happens in a Region."""
    if not change.executes:
        return "nothing changes"
    grade = change.risk.words if change.plan.base else NEW_STACK
    return f"{grade}, {count(len(change.plan.changes), 'change')}"


def summary(settings: StepSettings, changes: Sequence[PreparedChange]) -> str:
    """Return the approval's text: version, each Region's grade, and the worst first.

    One line, which a variable can hold; words are left out at its end, never parts of one.
    """
    version = (settings.package / "VERSION").read_text(encoding="utf-8").strip()
    commit = f" of commit {settings.commit[:12]}" if settings.commit else ""
    grades: dict[str, list[str]] = {}
    for change in changes:
        grades.setdefault(verdict(change), []).append(change.region)
    regions = (f"{', '.join(names)}: {words}." for words, names in grades.items())
    findings = {
        finding: None
        for change in changes
        for finding in (change.difference.findings if change.difference else ())
        if finding.risk is not Risk.SAFE
    }
    worst = (
        f"{finding.risk.words}: {finding.kind} {finding.subject} ({finding.text});"
        for finding in sorted(findings, key=lambda finding: -finding.risk)
    )
    text = " ".join((f"Version {version}{commit}.", *regions, *worst)).rstrip(";")
    return textwrap.shorten(
        text, LENGTH, placeholder=" ... more in the report", break_on_hyphens=False
    )
