"""``python -m pipeline artifacts``, ``upload`` and ``prune``: code on its way to the stacks."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from generators import lanes
from pipeline import code, configurations, delivery, names, prune, upload
from pipeline.artifacts import assemble
from pipeline.delivery import Delivery
from pipeline.delivery_keys import ACCOUNT, is_region
from pipeline.home import Home
from serverlessapp.errors import OperatorError
from serverlessapp.package.dependencies import PLATFORMS
from serverlessapp.report import Report

RETENTION = 365  # days: artifacts expire after that, and nothing older can be rolled back to
ARTIFACTS = """\
examples:
  python -m pipeline artifacts --output dist --account 111122223333 --region eu-west-1

It writes templates/, code/ with a package of each processor that needs one, configurations/ for the
stacks of delivery.toml, release/ with SHA256SUMS, and VERSION: a version that
"tox run -e release" froze with these bytes is itself, any other has "-dev" appended.

exit codes: 0 done, 2 wrong usage, a processor or delivery.toml is wrong, or a folder cannot be
            read or written
"""
UPLOAD = """\
examples:
  python -m pipeline upload dist --account 111122223333 --region eu-west-1

What is there already is left alone, so it can be run again.

exit codes: 0 all is there, 1 a package of your own that delivery.toml names is not,
            2 wrong usage, a bucket is missing, or AWS refused
"""
PRUNE = """\
examples:
  python -m pipeline prune --account 111122223333 --region eu-west-1
  python -m pipeline prune --account 111122223333 --region eu-west-1 --json --yes
  python -m pipeline prune --account 111122223333 --region eu-west-1 --profile prod

It keeps what a stack uses, what was built or uploaded within the time of --older-than, and all
packages of a Region in which it may not ask all stacks. Environments in other accounts are asked
with your own profiles there.

exit codes: 0 done, or nothing to do, 1 you did not agree, 2 wrong usage, or AWS refused
"""


def artifacts(argv: list[str]) -> int:
    """Collect what the pipeline delivers, and return the exit code."""
    parser = placed("artifacts", "Collect what the pipeline delivers.", ARTIFACTS)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--platform", choices=PLATFORMS, default="lambda", help="host: to try it on this machine"
    )
    arguments = parser.parse_args(argv)
    there, home = place(arguments)
    processors = lanes.load()
    delivery.check(processors, arguments.delivery)
    output: Path = arguments.output
    folder = output / code.CODE
    for left in folder.glob("*.zip"):  # of an earlier call
        left.unlink()
    keys = code.make(processors, folder, arguments.platform)
    made = configurations.configurations(
        there, home, keys, arguments.delivery and arguments.delivery.parent
    )
    print(f"{output}: version {assemble(output, configurations=made)}")
    for key in keys.values():
        print(f"{folder}: {key}")
    return 0


def upload_packages(argv: list[str]) -> int:
    """Put packages into the code buckets, and return the exit code."""
    parser = placed("upload", "Put packages into the code bucket of each Region.", UPLOAD)
    parser.add_argument("dist", type=Path, metavar="DIR", help="what artifacts wrote")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    arguments = parser.parse_args(argv)
    there, home = place(arguments)
    if not (arguments.dist / code.CONFIGURATIONS).is_dir():
        raise OperatorError(f"{arguments.dist} has no {code.CONFIGURATIONS}/: run artifacts first")
    client = clients()
    return upload.run(
        Report(as_json=arguments.json),
        lambda region: client("s3", region, ""),
        dist=arguments.dist,
        delivery=there,
        home=home,
    )


def prune_packages(argv: list[str]) -> int:
    """Delete packages that nothing needs, and return the exit code."""
    parser = placed("prune", "Delete packages that no stack uses and no rollback needs.", PRUNE)
    parser.add_argument(
        "--older-than",
        type=int,
        default=RETENTION,
        metavar="DAYS",
        help=f"default: {RETENTION}, after which artifacts expire",
    )
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="of AWS, in another account with an environment; can be repeated",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    arguments = parser.parse_args(argv)
    there, home = place(arguments)
    return prune.run(
        Report(as_json=arguments.json, yes=arguments.yes),
        clients(arguments.profile),
        delivery=there,
        home=home,
        older_than=timedelta(days=arguments.older_than),
    )


def clients(profiles: Sequence[str] = ()) -> prune.Client:
    """Return what makes clients; AWS's own variables say who asks: AWS_PROFILE and others.

    In another account, that is the one of the ``profiles`` which is of it.
    """
    sessions = {"": boto3.Session()}
    for name in profiles:
        session = boto3.Session(profile_name=name)
        sessions[session.client("sts").get_caller_identity()["Account"]] = session

    @cache
    def client(service: str, region: str, account: str) -> Any:
        if account not in sessions:
            raise OperatorError(f"give the --profile of account {account}")
        return sessions[account].client(service, region_name=region)  # type: ignore[call-overload]

    return client


def place(arguments: argparse.Namespace) -> tuple[Delivery, Home]:
    """Return where is delivered to, and where the pipeline is.

    Raises:
        OperatorError: It is not said, the two do not fit, or the file is wrong.
    """
    there = delivery.load(arguments.delivery)
    if arguments.build is not None:
        home = Home.of_build(arguments.build)
    elif ACCOUNT.fullmatch(arguments.account or "") and is_region(arguments.region):
        if not re.fullmatch(names.PIPELINE_PATTERN, arguments.pipeline):
            raise OperatorError(f"--pipeline {names.PIPELINE_WORDS}")
        account, region = arguments.account, arguments.region
        home = Home(account=account, region=region, pipeline=arguments.pipeline)
    else:
        raise OperatorError("give --account with 12 digits and --region with one of AWS's")
    home.check(there)
    return there, home


def placed(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Return the parser of a subcommand that has to know where the pipeline is."""
    parser = subcommand(name, description, epilog)
    parser.add_argument("--account", help="the pipeline's, 12 digits")
    parser.add_argument("--region", help="the pipeline's")
    parser.add_argument(
        "--pipeline", default=names.PIPELINE, metavar="STACK", help=f"default: {names.PIPELINE}"
    )
    parser.add_argument("--build", metavar="ARN", help="in CodeBuild, in place of these three")
    parser.add_argument("--delivery", type=Path, metavar="FILE", help="default: delivery.toml")
    return parser


def subcommand(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Return the parser of a subcommand."""
    return argparse.ArgumentParser(
        prog=f"python -m pipeline {name}",
        description=description,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def answered(command: Callable[[list[str]], int]) -> Callable[[list[str]], int]:
    """Let AWS's refusals be mistakes with one line, as all others are."""

    def run(argv: list[str]) -> int:
        try:
            return command(argv)
        except (BotoCoreError, ClientError) as error:
            raise OperatorError(str(error)) from error

    return run


COMMANDS: Mapping[str, Callable[[list[str]], int]] = {
    "artifacts": artifacts,
    "upload": answered(upload_packages),
    "prune": answered(prune_packages),
}
