"""What a command shows: results on stdout, everything else on stderr."""

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from typing import TextIO

SHOWN_ROWS = 100  # on a terminal


@dataclass(frozen=True, kw_only=True)
class Report:
    """Where a command writes, and whether it may act without asking.

    Attributes:
        as_json: One JSON document goes to stdout, and nothing else does.
        yes: Do not ask.
    """

    as_json: bool = False
    yes: bool = False

    @property
    def _file(self) -> TextIO:
        return sys.stderr if self.as_json else sys.stdout

    def say(self, line: str) -> None:
        """Print a line of the result."""
        show(printable(line), self._file)

    def note(self, line: str) -> None:
        """Print a line about the command itself."""
        show(printable(line), sys.stderr)

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Print a table; tab-separated lines, all of them, when there is no terminal."""
        lines = ([printable(str(cell)) for cell in row] for row in rows)
        if not self._file.isatty():
            for line in chain([headings], lines):
                show("\t".join(line), self._file)
            return
        from rich.console import Console  # only terminals need it, and it takes time to import
        from rich.table import Table
        from rich.text import Text

        table = Table()
        for heading in headings:
            table.add_column(heading, overflow="fold")
        for line in islice(lines, SHOWN_ROWS):
            table.add_row(*map(Text, line))
        Console(file=self._file).print(table)
        if more := sum(1 for _ in lines):
            self.say(f"and {count(more, 'row')} more; --json has them all")

    def document(self, content: Mapping[str, object]) -> None:
        """Print the one JSON document, if that is wanted; an iterator is a list in it."""
        if self.as_json:
            for line in json_lines(content):
                show(line, sys.stdout)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[str], None]]:
        """Show that something is under way; call what is yielded to say how far it is."""
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status(Text(what)) as display:
            yield lambda line: display.update(Text(f"{what}: {printable(line)}"))

    def refusal(self, question: str) -> int:
        """Ask. Return 0 when the answer is yes, else the exit code to end with."""
        if self.yes:
            return 0
        if not sys.stdin.isatty():
            self.note("nothing was done: there is no terminal to ask on; add --yes")
            return 2
        print(f"{printable(question)} [y/N] ", file=sys.stderr, end="", flush=True)
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return 0
        self.note("nothing was done")
        return 1


def json_lines(content: Mapping[str, object]) -> Iterator[str]:
    """Yield a JSON document line by line: a list may be longer than memory."""
    start = "{"
    for name, value in content.items():
        yield start
        start = ","
        if not isinstance(value, Iterator):
            yield f"{json.dumps(name)}: {json.dumps(value, indent=2, default=list)}"
            continue
        yield f"{json.dumps(name)}: ["
        previous = None
        for item in value:
            if previous is not None:
                yield previous + ","
            previous = json.dumps(item)
        yield (previous or "") + "]"
    yield "}"


def show(text: str, file: TextIO) -> None:
    """Print, unless whoever reads it has seen enough: ``head`` for example."""
    try:
        print(text, file=file, flush=True)
    except BrokenPipeError:  # the rest goes nowhere; the exit code still tells
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())


def printable(text: str) -> str:
    """Return text that cannot control a terminal: keys come from whoever uploads."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 file``, ``2,000 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
