"""Runs taskcat over the templates, on the emulator or in an account."""

import argparse
import secrets
import shutil
from pathlib import Path

from rich.console import Console

from acceptance import emulated, runner, session, summary
from acceptance.display import Display
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
    reports = arguments.reports.absolute()
    folder = reports / "taskcat"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        with stage() as staged, emulated.account() as account:
            done = session.run(
                staged,
                account=account,
                program=arguments.programs.absolute() / "taskcat",
                folder=folder,
                bucket=f"tcat-serverlessapp-{secrets.token_hex(4)}",
                display=Display(console),
            )
    except (ConfigError, EmulatorError, runner.TaskcatError) as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False)
        return 2
    except KeyboardInterrupt:
        return 130
    summary.write(done, reports)
    summary.show(console, done)
    console.print(f"reports: {reports}", soft_wrap=True)
    return 0 if done.passed else 1
