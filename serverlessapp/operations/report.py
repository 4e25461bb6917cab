"""What the operator sees: results on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table
from rich.text import Text

SHOWN_ROWS = 100  # on a terminal


class OperatorError(Exception):
    """Something the operator has to change first; one line says what. Exit code 2."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """Where a command writes, and whether it may act without asking.

    Attributes:
        as_json: One JSON document goes to stdout, and nothing else does.
        yes: Do not ask.
    """

    as_json: bool = False
    yes: bool = False
    out: Console = field(default_factory=lambda: Console(highlight=False))
    err: Console = field(default_factory=lambda: Console(highlight=False, stderr=True))

    def say(self, line: str) -> None:
        """Print a line of the result."""
        console = self.err if self.as_json else self.out
        console.print(printable(line), markup=False, soft_wrap=True)

    def note(self, line: str, style: str = "") -> None:
        """Print a line about the command itself."""
        self.err.print(printable(line), style=style, markup=False, soft_wrap=True)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table; tab-separated lines, all of them, when stdout is not a terminal."""
        console = self.err if self.as_json else self.out
        cells = [[printable(str(cell)) for cell in row] for row in rows]
        if not console.is_terminal:
            for line in (headings, *cells):
                console.file.write("\t".join(line) + "\n")  # rich would make spaces of tabs
            return
        table = Table()
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for row in cells[:SHOWN_ROWS]:
            table.add_row(*(Text(cell) for cell in row))
        console.print(table)
        if more := len(cells[SHOWN_ROWS:]):
            console.print(f"and {count(more, 'row')} more; --json has them all", highlight=False)

    def document(self, content: Mapping[str, object]) -> None:
        """Print the one JSON document, if that is wanted."""
        if self.as_json:
            sys.stdout.write(json.dumps(content, indent=2) + "\n")

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[str], None]]:
        """Show that something is under way; call what is yielded to say how far it is."""
        with self.err.status(Text(what)) as display:
            yield lambda line: display.update(Text(f"{what}: {printable(line)}"))

    def refusal(self, question: str) -> int:
        """Ask. Return 0 when the answer is yes, else the exit code to end with."""
        if self.yes:
            return 0
        if not sys.stdin.isatty():
            self.note("nothing was done: there is no terminal to ask on; add --yes", "red")
            return 2
        self.err.print(f"{printable(question)} [y/N] ", markup=False, end="")
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return 0
        self.note("nothing was done")
        return 1


def printable(text: str) -> str:
    """Return text that cannot control a terminal: keys come from whoever uploads."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 file``, ``2,000 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
