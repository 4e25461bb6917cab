"""Files below the stack's prefix that no processor takes, and what may be the reason."""

from collections.abc import Iterable, Iterator
from itertools import islice

from serverlessapp.operations.plan import UNTAKEN, SendPlan
from serverlessapp.operations.stack import Stack
from serverlessapp.processors.uploads import Uploads
from serverlessapp.report import Report, count

SHOWN = 10  # on the screen


def row(stack: Stack, key: str) -> dict[str, str]:
    """Return what to say about a file: its key, and a hint where there is one."""
    name = key.removeprefix(stack.prefix).lower()
    hints = [
        f"{lane.processor} is case-sensitive"
        for lane in stack.lanes
        if Uploads(
            folder=lane.uploads.folder.lower(),
            suffixes=tuple(suffix.lower() for suffix in lane.uploads.suffixes),
        ).take(name)
    ]
    return {"key": key, "hint": "; ".join(hints)}


def rows(stack: Stack, plan: SendPlan) -> Iterator[dict[str, str]]:
    """Yield what to say about each of a plan."""
    for candidate in plan.rows(UNTAKEN):
        yield row(stack, candidate.upload.key)


def note(
    report: Report,
    number: int,
    rows: Iterable[dict[str, str]],
    what: str = "that match no processor",
) -> None:
    """Say how many there are, and the first of them."""
    if not number:
        return
    report.note(f"{count(number, 'file')} {what}:")
    for line in islice(rows, SHOWN):
        report.note(f"  {line['key']}" + (f" ({line['hint']})" if line["hint"] else ""))
    if number > SHOWN:
        report.note(f"  and {number - SHOWN:,} more; --json has them all")
