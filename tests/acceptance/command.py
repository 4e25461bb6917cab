"""Runs taskcat over the templates: on an emulator, or in an account somebody chose."""

import argparse
import os
import secrets
import shutil
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

from local.emulator import EmulatorError
from local.stacks import StackError
from serverlessapp.errors import OperatorError
from serverlessapp.report import Report
from tests.acceptance import amazon, emulated, runner, session, summary, tests
from tests.acceptance.account import Account
from tests.acceptance.display import Display
from tests.acceptance.staging import ROOT, Staged, stage
from tests.acceptance.tests import ConfigError

REPORTS = ROOT / "reports"
EXAMPLES = """\
examples:
  tox run -e taskcat                                  on an emulator on this machine
  tox run -e taskcat -- --aws --role-arn ARN          in an account, after showing what and asking
  tox run -e taskcat -- --aws --profile P --yes       without asking

exit codes: 0 every stack worked and nothing is left, 1 something did not, or you did not agree,
2 wrong usage or no way to run it, 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="python -m tests.acceptance",
        description="Make, use and delete stacks of the templates in every Region of .taskcat.yml. "
        "Without --aws, nothing leaves this machine, whatever credentials there are.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--programs", type=Path, required=True, metavar="DIR", help="where taskcat is installed")
    add(
        "--project", type=Path, default=ROOT, metavar="DIR", help="with .taskcat.yml and templates/"
    )
    add("--reports", type=Path, default=REPORTS, metavar="DIR", help="default: reports/")
    add("--aws", action="store_true", help="in an account, not on the emulator")
    add("--role-arn", metavar="ARN", help="take this role first; see docs/taskcat.md")
    add("--profile", help="of your AWS configuration")
    add("--yes", action="store_true", help="do not ask")
    return made


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Run the tests where the command line says.

    Raises:
        ConfigError: ``.taskcat.yml`` cannot be used.
        EmulatorError: The emulator does not start.
        OperatorError: There are no credentials.
        TaskcatError: taskcat is not installed.
    """
    with stage(arguments.project) as staged:
        if not arguments.aws:
            forget_aws()
            with emulated.account() as account:
                return tested(arguments, console, staged, account)
        account = amazon.account(arguments.profile, arguments.role_arn)
        report = Report(yes=arguments.yes)
        refused = amazon.agreed(report, account, tests.read(staged.project))
        return refused or tested(arguments, console, staged, account)


def forget_aws() -> None:
    """Take all AWS settings out of this process's environment: no profile, no endpoint, no key."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def tested(
    arguments: argparse.Namespace, console: Console, staged: Staged, account: Account
) -> int:
    """Run the tests in an account, report, and return the exit code."""
    reports = arguments.reports.absolute()
    folder = reports / "taskcat"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = session.run(
        staged,
        account=account,
        program=arguments.programs.absolute() / "taskcat",
        folder=folder,
        bucket=f"tcat-serverlessapp-{secrets.token_hex(4)}",
        display=Display(console),
    )
    summary.write(done, reports)
    summary.show(console, done)
    console.print(f"reports: {reports}", soft_wrap=True)
    return 0 if done.passed else 1


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    options = parser()
    arguments = options.parse_args(argv)
    if not arguments.aws and (arguments.role_arn or arguments.profile):
        options.error("--role-arn and --profile choose an account: add --aws")
    failures = (
        *(BotoCoreError, ClientError, ConfigError, EmulatorError, OperatorError, StackError),
        runner.TaskcatError,
    )
    try:
        return run(arguments, Console(highlight=False))
    except failures as error:
        Console(stderr=True).print(f"error: {error}", style="red", markup=False, highlight=False)
        return 2
    except KeyboardInterrupt:
        return 130
