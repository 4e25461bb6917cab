"""What the gates say, for people."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.analyzers.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What one gate found, or why it could not look."""

    gate: str
    seconds: float
    verdict: Verdict | None = None
    failure: str = ""

    @property
    def holds(self) -> bool:
        """Whether everything it found is explained, and every explanation needed."""
        return bool(self.verdict and not self.verdict.unexplained and not self.verdict.needless)


def show(outcomes: list[Outcome], *, reasons: bool, console: Console | None = None) -> None:
    """Print a row for each gate, then what is wrong; with ``reasons`` also what was accepted."""
    console = console or Console(highlight=False, soft_wrap=True)
    table = Table("gate", "unexplained", "accepted", "needless", "seconds")
    for outcome in outcomes:
        verdict = outcome.verdict
        counts = (verdict.unexplained, verdict.accepted, verdict.needless) if verdict else ()
        shown = [str(len(items)) for items in counts] or ["could not look", "", ""]
        style = "green" if outcome.holds else "red"
        table.add_row(Text(outcome.gate, style), *shown, f"{outcome.seconds:.1f}")
    console.print(table)
    for outcome in outcomes:
        for line in lines(outcome, reasons):
            console.print(line, markup=False)


def lines(outcome: Outcome, reasons: bool) -> list[str]:
    """Return a line for everything worth one."""
    if not outcome.verdict:
        return [f"{outcome.gate}: {outcome.failure}"]
    found = [
        f"{outcome.gate}: {f.template} {f.resource} {f.rule}: {f.message}"
        for f in outcome.verdict.unexplained
    ]
    found += [
        f"{outcome.gate}: nothing needs the acceptance of {a.rule} for {a.resource} any more"
        for a in outcome.verdict.needless
    ]
    if reasons:
        explained = {
            f"{outcome.gate}: {a.resource} {a.rule} is accepted: {a.reason}"
            for _, a in outcome.verdict.accepted
        }
        found += sorted(explained)
    return found
