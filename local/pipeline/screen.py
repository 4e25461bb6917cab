"""Shows what runs: a line for everything that ended, and what is still running at a terminal."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.text import Text

from local.pipeline.record import ActionRecord, Status

MARKS = {Status.SUCCEEDED: ("ok", "green"), Status.FAILED: ("FAILED", "bold red")}
NAME_WIDTH = 16


class Screen:
    """Where progress is shown; actions of several threads may be.

    Args:
        console: A terminal, or a file, which gets the same lines in plain text.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self._started: dict[str, float] = {}
        self._lock = threading.Lock()
        self._status = console.status(self)

    def __rich__(self) -> Text:
        """Return what runs now, and for how long."""
        now = time.monotonic()
        running = [f"{name} {now - since:.0f} s" for name, since in self._started.items()]
        return Text(", ".join(running), style="dim")

    def stage(self, name: str) -> None:
        """Begin a stage."""
        self.console.print(f"\n[bold]{name}[/]")

    def note(self, text: str) -> None:
        """Say something about the stage."""
        self.console.print(Text(f"  {text}"), soft_wrap=True)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        """Show that an action runs."""
        with self._lock:
            self._started[name] = time.monotonic()
            if len(self._started) == 1 and self.console.is_terminal:
                self._status.start()
        try:
            yield
        finally:
            with self._lock:
                del self._started[name]
                if not self._started and self.console.is_terminal:
                    self._status.stop()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Leave the terminal to a question."""
        if self.console.is_terminal:
            self._status.stop()
        yield
        if self.console.is_terminal and self._started:
            self._status.start()

    def action(self, record: ActionRecord) -> None:
        """Show how an action ended."""
        mark, style = MARKS[record.status]
        line = Text.assemble(
            "  ",
            (mark.ljust(6), style),
            f"  {record.name:{NAME_WIDTH}} {record.region:10} {record.seconds:6.1f} s  ",
            record.message,
        )
        self.console.print(line, soft_wrap=True)
        for text in record.log:
            self.console.print(Text(f"          {text}", style="dim"), soft_wrap=True)
