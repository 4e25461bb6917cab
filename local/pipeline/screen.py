"""Shows what runs: a line for everything that ended, and what is still running at a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from local.pipeline.record import ActionRecord, Status

MARKS = {Status.SUCCEEDED: ("ok", "green"), Status.FAILED: ("FAILED", "bold red")}
NAME_WIDTH = 16


class Screen:
    """Where progress is shown; actions of several threads may be. A file gets plain text."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._progress = Progress(
            TextColumn("  {task.description}", style="dim"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )

    def stage(self, name: str) -> None:
        self.console.print(f"\n[bold]{name}[/]")

    def note(self, text: str) -> None:
        self.console.print(Text(f"  {text}"), soft_wrap=True)

    @contextmanager
    def running(self, name: str) -> Iterator[None]:
        task = self._progress.add_task(name, total=None)
        self._progress.start()
        try:
            yield
        finally:
            self._progress.remove_task(task)
            if not self._progress.tasks:
                self._progress.stop()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Leave the terminal to a question."""
        self._progress.stop()
        yield
        self._progress.start()

    def action(self, record: ActionRecord) -> None:
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
