"""Where the demo runs: the screen, the account, and the record of what was seen."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
from rich.console import Console

PROCESSING_SECONDS = 60.0
POLL_SECONDS = 0.1


@dataclass
class Record:
    """What was seen, for ``--json`` and for the verdict."""

    events: list[dict[str, str]] = field(default_factory=list)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    metrics: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    alarms: dict[str, str] = field(default_factory=dict)
    parked: list[dict[str, str]] = field(default_factory=list)
    leftovers: dict[str, list[str]] = field(default_factory=dict)
    checks: dict[str, bool] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(self.checks.values())


@dataclass(frozen=True)
class DemoStage:
    """Where the demo runs."""

    console: Console
    record: Record
    session: boto3.Session

    def check(self, what: str, held: bool) -> None:
        """Note whether something held, and show it."""
        self.record.checks[what] = held
        mark = "[green]ok[/]" if held else "[bold red]FAILED[/]"
        self.console.print(f"  {mark}  {what}")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show a heading, and note how long the step took."""
        self.console.print(f"\n[bold]{title}[/]")
        started = time.monotonic()
        yield
        self.record.seconds[title] = round(time.monotonic() - started, 2)

    def wait(self, what: str, done: Callable[[], bool]) -> None:
        """Wait until something is done, or the time is up."""
        deadline = time.monotonic() + PROCESSING_SECONDS
        with self.console.status(f"waiting for {what} ..."):
            while not done() and time.monotonic() < deadline:
                time.sleep(POLL_SECONDS)
