"""``python -m pipeline.steps``: what the pipeline's builds run."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.delivery import Delivery, Environment, load
from pipeline.names import PIPELINE
from pipeline.steps.check import check
from pipeline.steps.explain import explain
from pipeline.steps.settings import WATCH_MINUTES, StepSettings
from pipeline.steps.verify import verify
from pipeline.steps.watch import watch
from serverlessapp.errors import OperatorError
from serverlessapp.report import printable

STEPS: dict[str, Callable[[StepSettings], int]] = {
    "explain": explain,
    "check": check,
    "verify": verify,
    "watch": watch,
}
EPILOG = """\
steps:
  explain  grade and list what the change sets "review" change in each Region, for the approval
  check    compare the change sets "deploy" with the reviewed ones; in a rollback, with the
           previous deployment
  verify   upload a sample for each processor and wait for its signed ledger entry
  watch    fail as soon as an alarm for crashes goes off; WATCH_MINUTES, 10 by default

examples:
  python -m pipeline.steps explain --environment prod --execution ID --package dist
  python -m pipeline.steps check --environment prod --execution ID --pipeline P --package dist
  WATCH_MINUTES=1 python -m pipeline.steps watch --environment prod --execution ID

In CodeBuild, environment variables provide the rest.

exit codes: 0 passed; 1 refused, or something is wrong in the environment
            2 wrong usage, something cannot be read, or AWS refused; 130 interrupted
"""


def main(argv: list[str] | None = None) -> int:
    """Run a step and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.steps",
        description="Run a step of the pipeline's builds in an environment.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("step", choices=STEPS)
    parser.add_argument(
        "--environment", required=True, metavar="NAME", help="environment in delivery.toml"
    )
    parser.add_argument(
        "--execution", required=True, metavar="ID", help="execution of the pipeline"
    )
    parser.add_argument("--pipeline", default=PIPELINE, metavar="NAME")
    parser.add_argument("--package", type=Path, default=Path("dist"), metavar="DIR")
    parser.add_argument(
        "--output", type=Path, default=Path("plan"), metavar="DIR", help="folder for the report"
    )
    arguments = parser.parse_args(argv)
    try:
        return STEPS[arguments.step](told(arguments, load()))
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except (OperatorError, OSError, ValueError, BotoCoreError, ClientError) as error:
        print(f"error: {printable(str(error))}", file=sys.stderr)
        return 2


def told(arguments: argparse.Namespace, delivery: Delivery) -> StepSettings:
    """Return what a step is told by its command line, and by CodeBuild's environment.

    Raises:
        OperatorError: There is no such environment, or WATCH_MINUTES is no number.
    """
    environment = named(arguments.environment, delivery)
    number = delivery.environments.index(environment)
    plan = os.environ.get(f"CODEBUILD_SRC_DIR_Plan{number}", arguments.output)
    arguments.output.mkdir(parents=True, exist_ok=True)
    return StepSettings(
        environment=environment,
        execution=arguments.execution,
        pipeline=arguments.pipeline,
        package=arguments.package,
        plan=Path(plan),
        output=arguments.output,
        commit=os.environ.get("CODEBUILD_RESOLVED_SOURCE_VERSION", ""),
        build_arn=os.environ.get("CODEBUILD_BUILD_ARN", ""),
        region=os.environ.get("AWS_REGION", os.environ.get("AWS_DEFAULT_REGION", "us-east-1")),
        watch=timedelta(minutes=minutes(os.environ.get("WATCH_MINUTES", str(WATCH_MINUTES)))),
        write=partial(print, flush=True),
    )


def named(name: str, delivery: Delivery) -> Environment:
    """Return the environment of this name."""
    for environment in delivery.environments:
        if environment.name == name:
            return environment
    known = ", ".join(environment.name for environment in delivery.environments)
    raise OperatorError(f"delivery.toml has no environment {name}; it has {known}")


def minutes(text: str) -> float:
    """Return how long to watch."""
    try:
        number = float(text)
    except ValueError:
        number = -1
    if not 0 <= number <= 24 * 60:
        raise OperatorError(f"WATCH_MINUTES={text}: must be a number of minutes from 0 to 1440")
    return number
