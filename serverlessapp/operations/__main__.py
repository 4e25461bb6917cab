"""``python -m serverlessapp.operations``: what to do with a stack at three in the morning, and with releases."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from serverlessapp.operations import discard, parked, publish, reconcile, redrive, stack, verify
from serverlessapp.operations.checker import Checker
from serverlessapp.operations.options import parser
from serverlessapp.operations.report import OperatorError, Report
from serverlessapp.operations.stack import Stack

Client = Callable[[str], Any]


def clients(arguments: argparse.Namespace) -> Client:
    """Return a function that makes clients as the command line says.

    Raises:
        OperatorError: The endpoint is not a URL.
    """
    if arguments.endpoint_url and not urlsplit(arguments.endpoint_url).netloc:
        raise OperatorError(f"--endpoint-url must be a URL, not {arguments.endpoint_url}")
    session = boto3.Session(profile_name=arguments.profile, region_name=arguments.region)
    config = Config(connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 5})
    return partial(session.client, endpoint_url=arguments.endpoint_url, config=config)


def run(arguments: argparse.Namespace, report: Report) -> int:
    """Run the command and return its exit code."""
    client = clients(arguments)
    if arguments.command == "publish":
        return publish.run(
            report,
            client("s3"),
            bucket=arguments.bucket,
            version=arguments.version,
            folder=arguments.folder,
        )
    found = stack.find(client("cloudformation"), arguments.stack)
    if arguments.command == "parked":
        return parked.run(report, found, client("sqs"), client("logs") if arguments.logs else None)
    if arguments.command == "redrive":
        return redrive.run(report, found, client("sqs"), frozenset(arguments.key))
    if arguments.command == "discard":
        keys, message_ids = frozenset(arguments.key), frozenset(arguments.message)
        return discard.run(report, found, client("sqs"), keys, message_ids)
    if arguments.command == "reconcile":
        return reconcile.run(
            report,
            found,
            client("s3"),
            client("sqs"),
            client("dynamodb"),
            prefix=prefix_within(found, arguments.prefix),
            since=arguments.since or datetime.min.replace(tzinfo=UTC),
        )
    checker = Checker(stack=found, s3=client("s3"), secrets=client("secretsmanager"))
    return verify.run(
        report,
        found,
        client("dynamodb"),
        checker,
        key=arguments.key,
        strict=arguments.strict,
    )


def prefix_within(found: Stack, prefix: str | None) -> str:
    """Return the prefix to compare.

    Raises:
        OperatorError: The stack does not process files there.
    """
    if prefix is not None and not prefix.startswith(found.prefix):
        raise OperatorError(f"stack {found.name} processes {found.prefix}, not {prefix}")
    return prefix or found.prefix


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    arguments = parser().parse_args(argv)
    report = Report(as_json=arguments.json, yes=arguments.yes)
    try:
        return run(arguments, report)
    except (OperatorError, ClientError, BotoCoreError) as error:
        report.note(f"error: {error}", "red")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
