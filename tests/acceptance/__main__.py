"""``python -m tests.acceptance``: taskcat on an emulator, or in an account somebody chose."""

import argparse
import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local import interrupt
from local.emulator import EmulatorError
from local.stacks import StackError
from pipeline.taskcat_tests import CONFIG
from serverlessapp.errors import OperatorError
from serverlessapp.report import Report
from tests.acceptance import account, configuration, plan, session, summary, taskcat

EXAMPLES = """\
examples:
  tox run -e taskcat                                  on an emulator on this machine
  tox run -e taskcat -- --test kept --region eu-west-1
  tox run -e taskcat -- --aws --role-arn ARN          in an account, after showing what and asking
  tox run -e taskcat -- --aws --profile P --yes       without asking

exit codes: 0 every stack worked and nothing is left, 1 something did not, or you did not agree,
2 wrong usage or no way to run it, 130 interrupted
"""


def parser() -> argparse.ArgumentParser:
    command_line = argparse.ArgumentParser(
        prog="python -m tests.acceptance",
        description="Make, use and delete stacks of the templates in every Region of .taskcat.yml. "
        "Without --aws, nothing leaves this machine, whatever credentials there are.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add, root = command_line.add_argument, taskcat.ROOT
    add("--programs", type=Path, required=True, metavar="DIR", help="where taskcat is installed")
    add("--project", type=Path, default=root, metavar="DIR", help=f"has {CONFIG}")
    add("--reports", type=Path, default=root / "reports", metavar="DIR", help="default: reports/")
    add("--test", action="append", default=[], metavar="NAME", help="only this; repeatable")
    add("--region", action="append", default=[], metavar="REGION", help="likewise")
    add("--aws", action="store_true", help="in an account, not on the emulator")
    add("--role-arn", metavar="ARN", help="take this role first; see docs/taskcat.md")
    add("--profile", help="of your AWS configuration")
    add("--yes", action="store_true", help="do not ask")
    return command_line


def run(arguments: argparse.Namespace, report: Report) -> int:
    """Run the tests where the command line says, and return the exit code."""
    place = account.on_emulator()
    if arguments.aws:
        place = account.on_aws(arguments.profile, arguments.role_arn)
    with place as chosen:
        program = arguments.programs.absolute() / "taskcat"
        tests = configuration.read(arguments.project, program)
        tests = configuration.select(tests, arguments.test, arguments.region)
        if arguments.aws and (refused := plan.agreed(report, chosen, tests)):
            return refused
        done = session.run(
            arguments.project,
            tests,
            account=chosen,
            program=program,
            reports=arguments.reports,
            say=report.say,
        )
    summary.show(report, done)
    report.say(f"reports: {arguments.reports.absolute()}")
    return 0 if done.passed else 1


def main(argv: list[str] | None = None) -> int:
    command_line = parser()
    arguments = command_line.parse_args(argv)
    if not arguments.aws and (arguments.role_arn or arguments.profile):
        command_line.error("--role-arn and --profile choose an account: add --aws")
    try:
        return run(arguments, Report(yes=arguments.yes))
    except (BotoCoreError, ClientError, EmulatorError, OperatorError, StackError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    interrupt.obey()
    raise SystemExit(main())
