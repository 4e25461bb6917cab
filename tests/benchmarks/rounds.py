"""The order of measurements, to watch."""

import os
from collections.abc import Callable, Mapping
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.benchmarks.contenders import ROOT, Contender
from tests.benchmarks.processes import Sample, environment, measure

Entrant = TypeVar("Entrant")


def interleave(
    entrants: Mapping[str, Entrant], rounds: int, sample: Callable[[Entrant], Sample]
) -> dict[str, list[Sample]]:
    """Measure A, B, C, then A, B, C again: a machine that slows down does so for all alike."""
    samples: dict[str, list[Sample]] = {name: [] for name in entrants}
    for _ in range(rounds):
        for name, entrant in entrants.items():
            samples[name].append(sample(entrant))
    return samples


def play(
    console: Console, entrants: Mapping[str, Contender], rounds: int
) -> dict[str, list[Sample]]:
    """Return the samples of all rounds, after one whose samples do not count.

    Raises:
        MeasurementError: A contender failed.
    """
    console.print(f"{len(entrants)} programs, {rounds + 1} rounds: this takes minutes")
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as progress:
        task = progress.add_task("", total=len(entrants) * (rounds + 1))

        def sample(contender: Contender) -> Sample:
            progress.update(task, description=contender.label)
            variables = environment(os.environ, contender.variables)
            measured = measure(contender.command, ROOT, variables)
            progress.advance(task)
            return measured

        interleave(entrants, 1, sample)
        return interleave(entrants, rounds, sample)
