"""``python -m tests.benchmarks``: measure the project."""

import argparse
from typing import Any

from rich.console import Console

from local.emulator import EmulatorError
from local.stacks import StackError
from tests.benchmarks import generation
from tests.benchmarks.handler import command as handler
from tests.benchmarks.load import command as load
from tests.benchmarks.processes import MeasurementError

EXAMPLES = """\
examples:
  python -m tests.benchmarks handler           the handler, beside a conventional one
  tox run -e bench                       that, and generating beside AWS CDK
  tox run -e load                        thousands of files while AWS calls fail

exit codes: 0 every target is reached, 1 one is missed, 2 wrong usage or something cannot be
run, 130 interrupted
"""
COMMANDS: dict[str, Any] = {"generation": generation, "handler": handler, "load": load}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    main_parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure the project, beside what else people use.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=f"Measure {module.HELP}.",
            epilog=module.EXAMPLES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(command)
    return main_parser


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = parser().parse_args(argv)
    try:
        exit_code: int = COMMANDS[options.command].run(Console(), options)
    except (MeasurementError, EmulatorError, StackError, OSError) as error:
        console = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)
        console.print(f"error: {error}", style="red")
        return 2
    except KeyboardInterrupt:
        return 130
    return exit_code


if __name__ == "__main__":
    raise SystemExit(main())
