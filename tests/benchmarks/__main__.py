"""``python -m tests.benchmarks``: measure the project, beside what else people use."""

import argparse
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from local import interrupt
from local.emulator import EmulatorError
from local.stacks import StackError
from tests.benchmarks import generation, handler
from tests.benchmarks.load import run as load
from tests.benchmarks.measure import MeasurementError

EPILOG = """\
examples:
  tox run -e bench                             generation and handler, with what they need
  tox run -e load                              10,000 small files and 20 of 100 MB
  tox run -e load -- --files 500 --large 2     a short one
  python -m tests.benchmarks handler --rounds 25 --json figures.json

exit codes: 0 every target is reached, 1 one is missed, 2 wrong usage or something cannot be
run, 130 interrupted
"""
MINIMUM_ROUNDS = 9  # with fewer, a few disturbed ones decide the median
PLAIN_WIDTH = 120  # characters, where there is no terminal


def parser() -> argparse.ArgumentParser:
    styled: Any = {"epilog": EPILOG, "formatter_class": argparse.RawDescriptionHelpFormatter}
    main_parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description="Measure the project.", **styled
    )
    commands = main_parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[..., int], about: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=f"Measure {about}.", **styled)
        command.set_defaults(run=run)
        command.add_argument("--json", type=Path, metavar="FILE", help="also write every figure")
        return command

    about = "time and memory of writing the templates, beside AWS CDK"
    generate = add("generation", generation.run, about)
    generate.add_argument(
        "--cdk-python",
        type=Path,
        required=True,
        metavar="PATH",
        help="an interpreter with tests/benchmarks/cdk-requirements.txt installed",
    )
    about = "AWS calls and latency of the handler, beside a conventional one"
    for command in (generate, add("handler", handler.run, about)):
        number(command, "--rounds", (MINIMUM_ROUNDS, 1000), MINIMUM_ROUNDS, "rounds")
    about = "thousands of files through the deployed stack, while AWS calls fail"
    many = partial(number, add("load", load.run, about))
    many("--files", (1, 1_000_000), 10_000, "small files")
    many("--large", (1, 1_000), 20, "large files")
    many("--large-mb", (1, 1_000), 100, "MB of a large file")
    many("--faults", (0.0, 0.9), 0.02, "share of the function's AWS calls that fail")
    return main_parser


def number(
    command: argparse.ArgumentParser,
    name: str,
    limits: tuple[float, float],
    default: float,
    about: str,
) -> None:
    """Add an option that takes a number of the same kind as its limits."""
    kind, (low, high) = type(default), limits

    def read(text: str) -> float:
        with suppress(ValueError):
            if low <= (value := kind(text)) <= high:
                return value
        raise argparse.ArgumentTypeError(f"{text} is not a number from {low} to {high:,}")

    about = f"{about}, {low} to {high:,} (default: {default:,})"
    command.add_argument(name, type=read, default=default, metavar="N", help=about)


def main(argv: list[str] | None = None) -> int:
    options = parser().parse_args(argv)
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, PLAIN_WIDTH)
    try:
        if options.json:
            options.json.open("a").close()  # minutes later would be too late to learn of it
        exit_code: int = options.run(console, options)
    except (MeasurementError, EmulatorError, StackError, OSError) as error:
        errors = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)
        errors.print(f"error: {error}", style="red")
        return 2
    except KeyboardInterrupt:
        return 130
    return exit_code


if __name__ == "__main__":
    interrupt.obey()
    raise SystemExit(main())
