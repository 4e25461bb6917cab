"""What a stack gets through, as a table or as a document."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from serverlessapp.capacity import costs
from serverlessapp.capacity.burst import Burst, burst
from serverlessapp.capacity.throughput import Throughput, throughputs
from serverlessapp.capacity.workload import BATCH, Workload
from serverlessapp.errors import OperatorError
from serverlessapp.report import Report

MOST_FILES = 1e12
PARTS = ("part", "files/s at first", "files/s in the long run", "in use", "set by")
BURSTS = ("burst", "uploaded after", "most waiting", "done after", "limited by", "costs")
KEPT = "with a month of the files and a year of their entries"
UNITS = ((86_400, "days"), (3600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, kw_only=True)
class Capacity:
    """What a workload comes to."""

    workload: Workload
    parts: Sequence[Throughput]  # those that let the fewest files through first
    bursts: Sequence[Burst]
    retention: float  # seconds that a message is kept

    @property
    def steady(self) -> float:
        """Files a second that come all the time."""
        return self.workload.per_hour / 3600

    @property
    def problems(self) -> list[str]:
        """What cannot be, a line each."""
        crowded = [
            f"{part.part}: {files(self.steady)} files/s come, {files(part.last)} get through"
            for part in self.parts
            if self.steady >= part.last and part.limits != "log"
        ]
        forgotten = [
            f"{each.files:,.0f} files: SQS forgets the last ones after "
            f"{duration(self.retention)}; reconcile enqueues them again"
            for each in self.bursts
            if each.done < math.inf and each.last_waits > self.retention
        ]
        return [*crowded, *forgotten]

    @property
    def warnings(self) -> list[str]:
        """What costs something else than time, a line each."""
        logs = min(part.last for part in self.parts if part.limits == "log")
        refused = [
            f"{each.files:,.0f} files: for {duration(seconds)}, {name} refuses more; what fails in "
            f"all its attempts is parked, until a redrive: let fewer batches run at a time"
            for each in self.bursts
            for name, seconds in each.limited_by.items()
            if name in self.refusing
        ]
        lost = [
            f"{each.files:,.0f} files: at {files(each.fastest)} a second, log lines may be lost"
            for each in self.bursts
            if each.fastest > logs
        ]
        return [*refused, *lost]

    @property
    def refusing(self) -> set[str]:
        """Names of parts that refuse calls, where others let files wait."""
        return {part.part for part in self.parts if part.limits == "calls"}


def capacity(workload: Workload, quota: Mapping[str, float], sizes: Sequence[float]) -> Capacity:
    """Return what a workload comes to, and bursts of so many files besides.

    Raises:
        OperatorError: The workload or a burst cannot be.
    """
    for number in sizes:
        if not 1 <= number <= MOST_FILES:
            raise OperatorError(f"--files must be 1 to {MOST_FILES:g}")
    parts = sorted(throughputs(workload, quota), key=lambda part: part.last)
    bursts = [burst(number, workload.per_hour / 3600, parts) for number in sizes]
    return Capacity(workload=workload, parts=parts, bursts=bursts, retention=quota["sqs-retention"])


def run(report: Report, found: Capacity) -> int:
    """Show it, and return the exit code: 1 if something cannot be."""
    report.document(document(found))
    if not report.as_json:
        report.table(PARTS, part_rows(found))
        report.say("")
        report.table(BURSTS, burst_rows(found))
        report.say("")
        million = sum(costs.of_files(1e6, found.workload, batch=1).values())
        report.say(f"a million files that come one by one cost ${million:,.2f}, {KEPT}")
        if found.steady or found.workload.pollers:
            report.say(f"a month costs ${sum(month(found.workload).values()):,.2f}")
    for line in found.warnings:
        report.note(f"warning: {line}")
    for line in found.problems:
        report.note(f"error: {line}")
    return int(bool(found.problems))


def month(workload: Workload) -> dict[str, float]:
    """Return dollars a month by service, for what comes all the time, one file in a batch."""
    total = costs.of_files(workload.per_hour * costs.HOURS, workload, batch=1)
    total["Lambda"] += costs.of_pollers(workload)
    return total


def part_rows(found: Capacity) -> list[tuple[str, str, str, str, str]]:
    """Return a row for each part."""
    return [
        (
            part.part,
            files(part.first),
            files(part.last),
            f"{found.steady / part.last:.0%}",
            part.quota,
        )
        for part in found.parts
    ]


def burst_rows(found: Capacity) -> list[tuple[str, str, str, str, str, str]]:
    """Return a row for each burst."""
    return [
        (
            f"{each.files:,.0f}",
            duration(each.uploaded),
            f"{each.most_waiting:,.0f}" if each.done < math.inf else "all",
            duration(each.done),
            next(iter(each.limited_by)) if each.limited_by else "",
            f"${sum(costs.of_files(each.files, found.workload, batch=BATCH).values()):,.2f}",
        )
        for each in found.bursts
    ]


def files(number: float) -> str:
    """Return a number of files a second."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.2g}"


def duration(seconds: float) -> str:
    """Return a time in its largest unit: ``5.6 h``, ``40 s``, ``never``."""
    if seconds == math.inf:
        return "never"
    size, unit = next((each for each in UNITS if seconds >= 1.5 * each[0]), UNITS[-1])
    number = seconds / size
    return f"{number:.0f} {unit}" if number >= 10 or size == 1 else f"{number:.1f} {unit}"


def document(found: Capacity) -> dict[str, object]:
    """Return it for scripts: seconds, files, files a second, dollars; what never is, is null."""
    return {
        "parts": [asdict(part) | {"used": found.steady / part.last} for part in found.parts],
        "bursts": [
            {
                "files": each.files,
                "uploaded": each.uploaded if each.uploaded < math.inf else None,
                "done": each.done if each.done < math.inf else None,
                "most_waiting": each.most_waiting if each.done < math.inf else None,
                "limited_by": each.limited_by,
                "dollars": costs.of_files(each.files, found.workload, batch=BATCH),
            }
            for each in found.bursts
        ],
        "month": month(found.workload),
        "problems": found.problems,
        "warnings": found.warnings,
    }
