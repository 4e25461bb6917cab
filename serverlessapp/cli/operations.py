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

Strict = Annotated[bool, Option("--strict", help="Also fail for missing objects and signatures.")]


def utf8(text: str) -> str:
    """Return a text as it was typed, also where the locale has no such characters."""
    if not text:
        raise BadParameter("the value is empty: is a variable unset?")
    try:
        return text.encode(errors="surrogateescape").decode()
    except UnicodeError as error:
        raise BadParameter(f"not valid UTF-8: {text!a}") from error


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


Keys = Annotated[
    list[str] | None,
    Option("--key", parser=utf8, metavar="KEY", help="Object key; repeatable."),
]
Messages = Annotated[
    list[str] | None,
    Option("--message", parser=utf8, metavar="ID", help="Message ID from parked; repeatable."),
]
Prefix = Annotated[
    str | None,
    Option("--prefix", parser=utf8, metavar="PREFIX", help="Key prefix; default: the stack's."),
]
Prefixes = Annotated[
    list[str] | None,
    Option(
        "--prefix",
        parser=utf8,
        metavar="PREFIX",
        help="Key prefix; repeatable. Default: the stack's.",
    ),
]
Inventory = Annotated[
    str | None,
    Option(
        parser=utf8,
        metavar="MANIFEST",
        help="S3 Inventory manifest (s3://... or path) instead of listing the bucket.",
    ),
]
Rate = Annotated[
    float | None,
    Option(parser=files_a_second, metavar="N", help="Enqueue at most N files per second."),
]
Since = Annotated[
    datetime | None,
    Option("--since", parser=moment, metavar="DATE", help="From this time on (ISO 8601, UTC)."),
]
Until = Annotated[
    datetime | None,
    Option("--until", parser=moment, metavar="DATE", help="Before this time (ISO 8601, UTC)."),
]


@dataclass(frozen=True, kw_only=True)
class StackOptions(Aws):
    """The options of every command about a stack."""

    name: Annotated[str, Option("--stack", parser=utf8, metavar="NAME", help="Stack name.")]
    yes: Yes = False
    as_json: Json = False

    @property
    def report(self) -> Report:
        """Where the command writes."""
        return Report(as_json=self.as_json, yes=self.yes)


@dataclass(frozen=True, kw_only=True)
class LaneOptions(StackOptions):
    """The options of a command that can be about one processor of a stack."""

    processor: Annotated[
        str | None, Option(parser=utf8, metavar="NAME", help="Only this processor; default: all.")
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
    files: Annotated[bool, Option("--files", help="All readable messages.")] = False
    everything: Annotated[bool, Option("--all", help="All messages.")] = False

    @property
    def selection(self) -> "Selection":
        """Which messages the command is about."""
        from serverlessapp.operations.dead_letters import Selection

        if bool(self.key or self.message) + self.files + self.everything != 1:
            raise BadParameter("give --key or --message, or --files, or --all")
        return Selection(keys=self.key or (), message_ids=self.message or (), files=self.files)


@command
@given(LaneOptions)
def parked(
    options: LaneOptions,
    logs: Annotated[
        bool, Option("--logs", help="Read the reasons for failures from the log.")
    ] = False,
) -> int:
    """List parked messages, and leave them in the dead-letter queue.

    A file whose state is superseded was uploaded again: the parked version is
    no longer the current one.

    Examples:
      serverlessapp parked --stack files
      serverlessapp parked --stack files --logs --json | jq '.parked[].reason'
    """
    from serverlessapp.operations import parked

    log = options.client("logs") if logs else None
    s3, sqs = map(options.client, ("s3", "sqs"))
    return parked.run(options.report, options.stack, s3, sqs, log)


@command
@given(ParkedOptions)
def redrive(options: ParkedOptions) -> int:
    """Move parked messages back to the ingest queue, after a repair.

    Examples:
      serverlessapp redrive --stack files --key in/a.csv --key in/b.csv
      serverlessapp redrive --stack files --files
      serverlessapp redrive --stack files --all --yes
    """
    from serverlessapp.operations import redrive

    selection = options.selection
    s3, sqs = map(options.client, ("s3", "sqs"))
    return redrive.run(options.report, options.stack, s3, sqs, selection)


@command
@given(ParkedOptions)
def discard(options: ParkedOptions) -> int:
    """Permanently delete parked messages; the bucket keeps the files.

    reconcile enqueues a file again if its current version has no ledger entry.

    Examples:
      serverlessapp discard --stack files --key uploads/damaged.csv
      serverlessapp discard --stack files --message ID
      serverlessapp discard --stack files --all --yes
    """
    from serverlessapp.operations import discard

    selection = options.selection
    s3, sqs = map(options.client, ("s3", "sqs"))
    return discard.run(options.report, options.stack, s3, sqs, selection)


@command
@given(StackOptions)
def empty(options: StackOptions) -> int:
    """Delete the buckets that CloudFormation failed to delete.

    Permanently deletes all versions of all objects in them. Resources that the
    template retains are not touched. Afterwards, delete the stack again.

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

    Ledger entries expire after 365 days, so older files are included only with
    --since. Files that match no processor are listed. If the command is
    interrupted, run it again: it resumes where it stopped.

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
    """Process files again after a processor was fixed.

    Enqueues the current version of each file, processed or not. --since and
    --until select by the time of processing or, without a ledger entry, of the
    upload. With the time of the repair as --until, the command can be repeated:
    files processed since then are left out.

    Examples:
      serverlessapp reprocess --stack files --since 2026-11-01 --until 2026-11-03
      serverlessapp reprocess --stack files --processor csv --prefix uploads/x/
      serverlessapp reprocess --stack files --key uploads/a.csv --yes
    """
    from serverlessapp.operations import reprocess

    if bool(key) == bool(prefix is not None or since or until):
        raise BadParameter("give either --key, or --prefix, --since or --until")
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
    """Verify every ledger entry with its object and its signature.

    Also checks that each file has an entry, unless that may have expired or the
    file was uploaded within the last hour. Files that match no processor are
    listed, but are not failures.

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
    key: Annotated[str, Option(parser=utf8, metavar="KEY", help="Object key.")],
    strict: Strict = False,
) -> int:
    """Show the ledger entry of a file, and verify it.

    --json adds the signed text, for checks by other programs.

    Examples:
      serverlessapp receipt --stack files --key uploads/a.csv
      serverlessapp receipt --stack files --key uploads/a.csv --json
    """
    from serverlessapp.operations import receipt

    dynamodb = options.client("dynamodb")
    return receipt.run(options.report, options.checker, dynamodb, key=key, strict=strict)
