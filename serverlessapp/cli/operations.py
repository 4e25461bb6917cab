"""Commands about a deployed stack."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

from typer import BadParameter, Option

from serverlessapp.cli.app import Aws, Json, Yes, command, given
from serverlessapp.report import Report

if TYPE_CHECKING:
    from serverlessapp.operations.checker import Checker
    from serverlessapp.operations.dead_letters import Selection
    from serverlessapp.operations.stack import Stack

Strict = Annotated[bool, Option("--strict", help="No object or signature: a failure, too.")]


def utf8(text: str) -> str:
    """Return a text as it was typed, also where the locale has no such characters."""
    if not text:
        raise BadParameter("it is empty; is a variable not set?")
    try:
        return text.encode(errors="surrogateescape").decode()
    except UnicodeError as error:
        raise BadParameter(f"it is not UTF-8: {text!a}") from error


def moment(text: str) -> datetime:
    """Return a date or time in UTC, which it is in unless it says otherwise."""
    parsed = datetime.fromisoformat(text)
    try:
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except OverflowError as error:  # in year 1 or 9999
        raise BadParameter(f"{text} is no time in UTC") from error


def files_a_second(text: str) -> float:
    """Return a rate, which is not too small to wait for."""
    if not (number := float(text)) >= 0.01:  # NaN is not, either
        raise BadParameter(f"{text} is not 0.01 or more")
    return number


Keys = Annotated[list[str] | None, Option("--key", parser=utf8, metavar="KEY", help="Repeatable.")]
Messages = Annotated[
    list[str] | None,
    Option("--message", parser=utf8, metavar="ID", help="As parked says; repeatable."),
]
Prefix = Annotated[
    str | None,
    Option("--prefix", parser=utf8, metavar="PREFIX", help="Of keys. Default: the stack's."),
]
Prefixes = Annotated[
    list[str] | None,
    Option("--prefix", parser=utf8, metavar="PREFIX", help="Repeatable. Default: the stack's."),
]
Inventory = Annotated[
    str | None,
    Option(parser=utf8, metavar="MANIFEST", help="Not a listing, but s3://... or a path."),
]
Rate = Annotated[
    float | None, Option(parser=files_a_second, metavar="N", help="Enqueue N files per second.")
]
Since = Annotated[
    datetime | None, Option("--since", parser=moment, metavar="DATE", help="ISO 8601, UTC.")
]
Until = Annotated[
    datetime | None, Option("--until", parser=moment, metavar="DATE", help="Likewise; not it.")
]


@dataclass(frozen=True, kw_only=True)
class StackOptions(Aws):
    """The options of every command about a stack, and what they stand for."""

    name: Annotated[str, Option("--stack", parser=utf8, metavar="NAME", help="The stack's name.")]
    yes: Yes = False
    as_json: Json = False

    @property
    def report(self) -> Report:
        """Where the command writes."""
        return Report(as_json=self.as_json, yes=self.yes)

    @property
    def stack(self) -> "Stack":
        """The stack, as its outputs describe it."""
        from serverlessapp.operations import stack

        return stack.find(self.client("cloudformation"), self.name)


@dataclass(frozen=True, kw_only=True)
class LaneOptions(StackOptions):
    """The options of a command that can be about one processor of a stack."""

    processor: Annotated[
        str | None, Option(parser=utf8, metavar="NAME", help="Default: all of them.")
    ] = None

    @property
    def stack(self) -> "Stack":
        """The stack, and which of its processors the command is about."""
        from serverlessapp.operations import stack

        return stack.find(self.client("cloudformation"), self.name, self.processor)

    @property
    def checker(self) -> "Checker":
        """What verifies entries of the stack."""
        from serverlessapp.operations.checker import Checker

        s3, secrets = map(self.client, ("s3", "secretsmanager"))
        return Checker(stack=self.stack, s3=s3, secrets=secrets)


@dataclass(frozen=True, kw_only=True)
class ParkedOptions(LaneOptions):
    """The options of a command about some of the parked messages."""

    key: Keys = None
    message: Messages = None
    files: Annotated[bool, Option("--files", help="All but what nobody can read.")] = False
    everything: Annotated[bool, Option("--all", help="All that is parked.")] = False

    @property
    def selection(self) -> "Selection":
        """Which messages the command is about."""
        from serverlessapp.operations.dead_letters import Selection

        if bool(self.key or self.message) + self.files + self.everything != 1:
            raise BadParameter("give --key and --message, or --files, or --all")
        return Selection(keys=self.key or (), message_ids=self.message or (), files=self.files)


@command
@given(LaneOptions)
def parked(
    options: LaneOptions,
    logs: Annotated[bool, Option("--logs", help="Ask the log why files failed.")] = False,
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
@given(ParkedOptions)
def redrive(options: ParkedOptions) -> int:
    """Send parked messages back, once their cause is repaired.

    Examples:
      serverlessapp redrive --stack files --key in/a.csv --key in/b.csv
      serverlessapp redrive --stack files --files
      serverlessapp redrive --stack files --all --yes
    """
    from serverlessapp.operations import redrive

    selection = options.selection
    return redrive.run(options.report, options.stack, options.client("sqs"), selection)


@command
@given(ParkedOptions)
def discard(options: ParkedOptions) -> int:
    """Delete parked messages for good; the files stay in the bucket.

    Delete there what shall never be processed: reconcile enqueues whatever has
    no receipt.

    Examples:
      serverlessapp discard --stack files --key uploads/damaged.csv
      serverlessapp discard --stack files --message ID
      serverlessapp discard --stack files --all --yes
    """
    from serverlessapp.operations import discard

    selection = options.selection
    return discard.run(options.report, options.stack, options.client("sqs"), selection)


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
@given(LaneOptions)
def reconcile(
    options: LaneOptions,
    prefix: Prefixes = None,
    since: Since = None,
    inventory: Inventory = None,
    rate: Rate = None,
) -> int:
    """Find files that were never processed, and enqueue them.

    A file that was uploaded more than 365 days ago may have lost its entry, and
    counts as never processed with --since alone. Files that no processor takes
    are listed. The command goes on where it was stopped when it is given again.

    Examples:
      serverlessapp reconcile --stack files --since 2026-11-01
      serverlessapp reconcile --stack files --prefix uploads/invoices/ --yes
      serverlessapp reconcile --stack files --rate 50
          --inventory s3://lists/b/all/2026-11-01T01-00Z/manifest.json
    """
    from serverlessapp.operations import reconcile

    s3, sqs, dynamodb = map(options.client, ("s3", "sqs", "dynamodb"))
    return reconcile.run(
        options.report,
        options.stack,
        s3,
        sqs,
        dynamodb,
        prefixes=prefix or (),
        since=since,
        manifest=inventory,
        rate=rate,
    )


@command
@given(LaneOptions)
def reprocess(
    options: LaneOptions,
    key: Keys = None,
    prefix: Prefix = None,
    since: Since = None,
    until: Until = None,
) -> int:
    """Process files again, once a processor was repaired.

    The current version of each file, whether it was processed or not. --since
    and --until are about when it was processed; without an entry, when it was
    uploaded. So --until the repair leaves out what was processed after it, also
    by this command: it can be run again.

    Examples:
      serverlessapp reprocess --stack files --since 2026-11-01 --until 2026-11-03
      serverlessapp reprocess --stack files --processor csv --prefix uploads/x/
      serverlessapp reprocess --stack files --key uploads/a.csv --yes
    """
    from serverlessapp.operations import reprocess

    if bool(key) == bool(prefix is not None or since or until):
        raise BadParameter("give --key, or any of --prefix, --since and --until")
    s3, sqs, dynamodb = map(options.client, ("s3", "sqs", "dynamodb"))
    period = {"since": since, "until": until}
    return reprocess.run(
        options.report, options.stack, s3, sqs, dynamodb, keys=key or (), prefix=prefix, **period
    )


@command
@given(LaneOptions)
def verify(
    options: LaneOptions,
    key: Annotated[
        str | None, Option(parser=utf8, metavar="KEY", help="Only this object key.")
    ] = None,
    strict: Strict = False,
) -> int:
    """Check every ledger entry, its object and its signature.

    And whether each file has one, unless that may have expired or the file came
    within the last hour. Files that no processor takes are listed; they are no
    failure.

    Examples:
      serverlessapp verify --stack files --strict
      serverlessapp verify --stack files --key uploads/a.csv
    """
    from serverlessapp.operations import verify

    dynamodb = options.client("dynamodb")
    return verify.run(options.report, options.checker, dynamodb, key=key, strict=strict)


@command
@given(LaneOptions)
def receipt(
    options: LaneOptions,
    key: Annotated[str, Option(parser=utf8, metavar="KEY", help="The object's key.")],
    strict: Strict = False,
) -> int:
    """Show a file's ledger entry and whether it is true.

    With --json also the text that is signed, for others to check.

    Examples:
      serverlessapp receipt --stack files --key uploads/a.csv
      serverlessapp receipt --stack files --key uploads/a.csv --json
    """
    from serverlessapp.operations import receipt

    dynamodb = options.client("dynamodb")
    return receipt.run(options.report, options.checker, dynamodb, key=key, strict=strict)
