"""Commands about a deployed stack."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from typer import BadParameter, Option

from serverlessapp.cli.app import Aws, Json, Yes, command, given
from serverlessapp.report import Report

if TYPE_CHECKING:
    from serverlessapp.operations.stack import Stack

All = Annotated[bool, Option("--all", help="Everything in the dead-letter queue.")]
Keys = Annotated[list[str] | None, Option("--key", metavar="KEY", help="Repeatable.")]


@dataclass(frozen=True, kw_only=True)
class StackOptions(Aws):
    """The options of every command about a stack, and what they stand for."""

    name: Annotated[str, Option("--stack", metavar="NAME", help="The stack's name.")]
    yes: Yes = False
    as_json: Json = False

    @property
    def report(self) -> Report:
        """Where the command writes."""
        return Report(as_json=self.as_json, yes=self.yes)

    @property
    def stack(self) -> "Stack":
        """The stack, as its outputs describe it."""
        from serverlessapp.operations.stack import find

        return find(self.client("cloudformation"), self.name)


def moment(text: str) -> datetime:
    """Return a date or time, in UTC unless it says otherwise."""
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


@command
@given(StackOptions)
def parked(
    options: StackOptions,
    logs: Annotated[bool, Option("--logs", help="Ask the log why files failed 3 times.")] = False,
) -> int:
    """List the dead-letter queue, and leave it as it is.

    Examples:
      serverlessapp parked --stack files
      serverlessapp parked --stack files --logs --json | jq '.parked[].reason'
    """
    from serverlessapp.operations import parked

    log = options.client("logs") if logs else None
    return parked.run(options.report, options.stack, options.client("sqs"), log)


@command
@given(StackOptions)
def redrive(options: StackOptions, key: Keys = None, everything: All = False) -> int:
    """Send parked messages back, once their cause is repaired.

    Examples:
      serverlessapp redrive --stack files --key in/a.csv --key in/b.csv
      serverlessapp redrive --stack files --all --yes
    """
    from serverlessapp.operations import redrive

    if bool(key) == everything:
        raise BadParameter("give --key or --all")
    return redrive.run(options.report, options.stack, options.client("sqs"), key or ())


@command
@given(StackOptions)
def discard(
    options: StackOptions,
    key: Keys = None,
    message: Annotated[
        list[str] | None, Option(metavar="ID", help="As parked --json says; repeatable.")
    ] = None,
    everything: All = False,
) -> int:
    """Delete parked messages for good; the files stay in the bucket.

    Delete there what shall never be processed: reconcile enqueues whatever has
    no receipt.

    Examples:
      serverlessapp discard --stack files --key uploads/damaged.csv
      serverlessapp discard --stack files --message ID
      serverlessapp discard --stack files --all --yes
    """
    from serverlessapp.operations import discard

    if bool(key or message) == everything:
        raise BadParameter("give --key, --message or --all")
    return discard.run(
        options.report, options.stack, options.client("sqs"), key or (), message or ()
    )


@command
@given(StackOptions)
def empty(options: StackOptions) -> int:
    """Delete the buckets over which a stack's deletion stumbled.

    With every version of every file, for good; but only what CloudFormation tried
    to delete, so nothing that the template retains. Afterwards, delete the stack
    again.

    Examples:
      serverlessapp empty --stack files-test
      serverlessapp empty --stack files-test --yes
    """
    from serverlessapp.operations import empty

    cloudformation, s3 = map(options.client, ("cloudformation", "s3"))
    return empty.run(options.report, options.name, cloudformation, s3)


@command
@given(StackOptions)
def reconcile(
    options: StackOptions,
    prefix: Annotated[str | None, Option(metavar="PREFIX", help="Default: the stack's.")] = None,
    since: Annotated[
        datetime | None, Option(parser=moment, metavar="DATE", help="ISO 8601, UTC.")
    ] = None,
) -> int:
    """Find files that were never processed, and enqueue them.

    Examples:
      serverlessapp reconcile --stack files --since 2026-11-01
      serverlessapp reconcile --stack files --prefix uploads/invoices/ --yes
    """
    from serverlessapp.operations import reconcile

    s3, sqs, dynamodb = map(options.client, ("s3", "sqs", "dynamodb"))
    return reconcile.run(
        options.report, options.stack, s3, sqs, dynamodb, prefix=prefix, since=since
    )


@command
@given(StackOptions)
def verify(
    options: StackOptions,
    key: Annotated[str | None, Option(metavar="KEY", help="Only this object key.")] = None,
    strict: Annotated[bool, Option("--strict", help="A missing object is a failure.")] = False,
) -> int:
    """Check every receipt, its object and its signature.

    Examples:
      serverlessapp verify --stack files --strict
      serverlessapp verify --stack files --key uploads/a.csv
    """
    from serverlessapp.operations import verify
    from serverlessapp.operations.checker import Checker

    checker = Checker(
        stack=options.stack, s3=options.client("s3"), secrets=options.client("secretsmanager")
    )
    return verify.run(options.report, checker, options.client("dynamodb"), key=key, strict=strict)
