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

Writes templates/, code/ (a package for each processor that needs one), configurations/ (parameters
of the stacks in delivery.toml), release/ with SHA256SUMS, and VERSION. A version that "tox run -e
release" froze with the same bytes keeps its number; any other gets the suffix "-dev".

exit codes: 0 done; 2 wrong usage, invalid processor or delivery.toml, or a folder cannot be read
            or written
"""
UPLOAD = """\
examples:
  python -m pipeline upload dist --account 111122223333 --region eu-west-1

Existing packages are not uploaded again, so you can repeat the command.

exit codes: 0 all packages are there; 1 a package of your own that delivery.toml names is missing;
            2 wrong usage, a bucket is missing, or AWS refused
"""
PRUNE = """\
examples:
  python -m pipeline prune --account 111122223333 --region eu-west-1
  python -m pipeline prune --account 111122223333 --region eu-west-1 --json --yes
  python -m pipeline prune --account 111122223333 --region eu-west-1 --profile prod

Keeps packages that a stack uses or that are newer than --older-than, and all packages in a Region
where it may not read every stack. For environments in other accounts, give a --profile for each.

exit codes: 0 done, or nothing to do; 1 declined; 2 wrong usage, or AWS refused
"""


def artifacts(argv: list[str]) -> int:
    """Collect what the pipeline delivers, and return the exit code."""
    parser = placed("artifacts", "Collect the files that the pipeline delivers.", ARTIFACTS)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--platform",
        choices=PLATFORMS,
        default="lambda",
        help="lambda (default), or host for this machine",
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
    parser = placed("upload", "Upload packages to the code bucket of each Region.", UPLOAD)
    parser.add_argument("dist", type=Path, metavar="DIR", help='folder that "artifacts" wrote')
    parser.add_argument("--json", action="store_true", help="print one JSON document")
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
        help=f"minimum age (default: {RETENTION}, when artifacts expire)",
    )
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="AWS profile for another account with an environment; repeatable",
    )
    parser.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
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
            raise OperatorError(f"no credentials for account {account}: add --profile NAME for it")
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
        raise OperatorError("give --account (12 digits) and --region (a Region of AWS)")
    home.check(there)
    return there, home


def placed(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
    """Return the parser of a subcommand that has to know where the pipeline is."""
    parser = subcommand(name, description, epilog)
    parser.add_argument("--account", help="account of the pipeline (12 digits)")
    parser.add_argument("--region", help="Region of the pipeline")
    parser.add_argument(
        "--pipeline",
        default=names.PIPELINE,
        metavar="STACK",
        help=f"stack of the pipeline (default: {names.PIPELINE})",
    )
    parser.add_argument(
        "--build", metavar="ARN", help="ARN of the CodeBuild build, instead of these three options"
    )
    parser.add_argument(
        "--delivery", type=Path, metavar="FILE", help="default: pipeline/delivery.toml"
    )
    return parser


def subcommand(name: str, description: str, epilog: str) -> argparse.ArgumentParser:
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
