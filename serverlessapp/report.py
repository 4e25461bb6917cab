"""What a command shows: results on stdout, everything else on stderr."""

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

SHOWN_ROWS = 100  # on a terminal
NARROWEST = 8  # characters of a column with its border; narrower ones show nothing
LOST: list[str] = []  # why output is missing that somebody may wait for


@dataclass(frozen=True, kw_only=True)
class Report:
    """Where a command writes, and whether it may act without asking."""

    as_json: bool = False  # a single JSON document goes to stdout
    yes: bool = False  # act without asking

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
        """Print a table; tab-separated lines, all of them, when there is no terminal.

        A terminal that is too narrow for a table gets its rows as lines, too.
        """
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
        shown = list(islice(lines, SHOWN_ROWS))
        for line in shown:
            table.add_row(*map(Text, line))
        console = Console(file=self._file)
        if console.width < NARROWEST * len(headings):
            show("\n".join("\t".join(line) for line in [headings, *shown]), self._file)
        else:
            with console.capture() as drawn:  # rich would end the program where nobody reads it
                console.print(table)
            show(drawn.get(), self._file, end="")
        if more := sum(1 for _ in lines):
            self.say(f"and {count(more, 'row')} more; --json has them all")

    def document(self, content: Mapping[str, object]) -> None:
        """Print the one JSON document, if that is wanted; what can be iterated is a list in it."""
        if self.as_json:
            show(json_text(content), sys.stdout)

    @contextmanager
    def progress(self, what: str) -> Iterator[Callable[[str], None]]:
        """Show that something is under way; call what is yielded to say how far it is."""
        if not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.text import Text

        with Console(stderr=True).status(Text(what)) as display:
            yield lambda line: display.update(Text(f"{what}: {printable(line)}"))

    def refusal(self, question: str) -> int:
        """Ask. Return 0 when the answer is yes, else the exit code to end with."""
        if self.yes:
            return 0
        if not sys.stdin.isatty():
            self.note("nothing was changed: there is no terminal to ask on; use --yes")
            return 2
        show(f"{printable(question)} [y/N] ", sys.stderr, end="")
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return 0
        self.note("nothing was changed")
        return 1


def json_text(content: Mapping[str, object]) -> Iterator[str]:
    """Yield a JSON document piece by piece, since a list in it may be longer than memory.

    Each row is encoded by itself: the encoder that works in pieces takes 20 times as long.
    """
    before = "{\n"
    for name, value in content.items():
        yield f"{before}{json.dumps(name)}: "
        before = ",\n"
        if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
            yield json.dumps(value, indent=2, default=list)
            continue
        mark = "["
        for row in value:
            yield f"{mark}\n  {json.dumps(row, default=list)}"
            mark = ","
        yield "[]" if mark == "[" else "\n]"
    yield "\n}"


def prepare() -> None:
    """Make what the program was given fit to be written to: no key stops a command half-way.

    What an encoding does not have is shown escaped, and a closed stream takes everything.
    """
    for name in ("stdin", "stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # as after ``>&-``
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, Path(os.devnull).open(mode))  # noqa: SIM115  till the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def show(text: str | Iterable[str], file: TextIO, end: str = "\n") -> None:
    """Print, unless whoever reads it has seen enough: ``head`` for example.

    An action goes on where its words cannot be written, on a full disk for example.
    """
    try:
        file.writelines(chain([text] if isinstance(text, str) else text, [end]))
        file.flush()
    except OSError as error:  # the rest goes nowhere; the exit code still tells
        os.dup2(os.open(os.devnull, os.O_WRONLY), file.fileno())
        if not isinstance(error, BrokenPipeError):
            LOST.append(f"could not write all output: {error}")


def printable(text: str, keep: str = "") -> str:
    """Return text that cannot control a terminal: keys come from whoever uploads."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in text
    )


def count(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 file``, ``2,000 files``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
