"""Runs taskcat over the templates, on the emulator or in an account."""

import argparse
import shutil
import time
from pathlib import Path

from rich.console import Console

from acceptance import emulated, runner
from acceptance.staging import ROOT, stage
from acceptance.tests import ConfigError
from local.emulator import EmulatorError

REPORTS = ROOT / "reports"
EXAMPLES = """\
examples:
  tox run -e taskcat                            on an emulator on this machine

exit codes: 0 every stack worked and nothing is left, 1 something did not, 2 wrong usage or no
way to run it, 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m acceptance",
        description="Make, use and delete stacks of the templates in every Region of .taskcat.yml.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument(
        "--programs", type=Path, required=True, metavar="DIR", help="where taskcat is installed"
    )
    made.add_argument("--reports", type=Path, default=REPORTS, metavar="DIR")
    return made


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    arguments = parser().parse_args(argv)
    console = Console(highlight=False)
    results = (arguments.reports / "taskcat").absolute()
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    started = time.monotonic()

    def show(line: str) -> None:
        console.print(f"{time.monotonic() - started:6.1f} s  {line}", markup=False, soft_wrap=True)

    try:
        with stage() as staged:
            return emulated.run(
                staged, program=(arguments.programs / "taskcat").absolute(), results=results, show=show
            )
    except (ConfigError, EmulatorError, runner.TaskcatError) as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False)
        return 2
    except KeyboardInterrupt:
        return 130
