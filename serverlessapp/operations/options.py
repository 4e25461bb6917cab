"""The command line: commands, options, examples."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

EXIT_CODES = """
exit codes: 0 fine, or nothing to do; 1 something is wrong, or was left undone;
            2 wrong usage, no such stack, or AWS refused; 130 interrupted
"""
EXAMPLES = {
    "": """\
examples:
  python -m serverlessapp.operations parked --stack files --logs          what failed, and why
  python -m serverlessapp.operations redrive --stack files --all          try all of it again
  python -m serverlessapp.operations discard --stack files --key KEY      give a file up
  python -m serverlessapp.operations reconcile --stack files              enqueue what was never processed
  python -m serverlessapp.operations verify --stack files --json          check every receipt
  python -m serverlessapp.operations publish --bucket B --version 1.2.0 DIR   put a release, once
""",
    "parked": """\
examples:
  python -m serverlessapp.operations parked --stack files
  python -m serverlessapp.operations parked --stack files --logs --json | jq '.parked[].reason'
""",
    "redrive": """\
examples:
  python -m serverlessapp.operations redrive --stack files --key uploads/a.csv --key uploads/b.csv
  python -m serverlessapp.operations redrive --stack files --all --yes
""",
    "discard": """\
examples:
  python -m serverlessapp.operations discard --stack files --key uploads/damaged.csv
  python -m serverlessapp.operations discard --stack files --message ID    the ID is in: parked --json
  python -m serverlessapp.operations discard --stack files --all --yes

The files stay in the bucket. Delete there what shall never be processed: reconcile enqueues
whatever has no receipt.
""",
    "reconcile": """\
examples:
  python -m serverlessapp.operations reconcile --stack files --since 2026-11-01
  python -m serverlessapp.operations reconcile --stack files --prefix uploads/invoices/ --yes
""",
    "verify": """\
examples:
  python -m serverlessapp.operations verify --stack files --strict
  python -m serverlessapp.operations verify --stack files --key uploads/a.csv
""",
    "publish": """\
examples:
  python -m serverlessapp.operations publish --bucket B --version 1.2.0 templates/releases/1.2.0
  python -m serverlessapp.operations publish --bucket B --version 1.2.0-dev dist/release    skipped: no release

DIR holds the files and SHA256SUMS. They become s3://B/serverlessapp/VERSION/..., and stay so:
the same bytes again are fine, other bytes are refused.
""",
}
HELP = {
    "parked": "list the dead-letter queue, and leave it as it is",
    "redrive": "send parked messages back, once their cause is repaired",
    "discard": "delete parked messages for good; the files stay in the bucket",
    "reconcile": "find files that were never processed, and enqueue them",
    "verify": "compare receipts with the objects, and with the secret that signed them",
    "publish": "put a release into a bucket, once; any other version is skipped",
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    style = argparse.RawDescriptionHelpFormatter
    main_parser = argparse.ArgumentParser(
        prog="python -m serverlessapp.operations",
        description="Operate a deployed stack, or publish a release. Nothing changes before you "
        "have agreed.",
        epilog=EXAMPLES[""] + EXIT_CODES,
        formatter_class=style,
    )
    commands = main_parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common, of_stack = common_options(), stack_option()
    parsers = {
        name: commands.add_parser(
            name,
            help=text,
            description=text.capitalize() + ".",
            epilog=EXAMPLES[name] + EXIT_CODES,
            formatter_class=style,
            parents=[common] if name == "publish" else [of_stack, common],
        )
        for name, text in HELP.items()
    }
    parsers["parked"].add_argument(
        "--logs", action="store_true", help="ask the function's log why files failed 3 times"
    )
    for name in ("redrive", "discard"):
        what = parsers[name].add_mutually_exclusive_group(required=True)
        what.add_argument("--key", action="append", default=[], help="an object key; repeatable")
        what.add_argument("--all", action="store_true", help="everything in the dead-letter queue")
        if name == "discard":
            what.add_argument(
                "--message", action="append", default=[], metavar="ID", help="repeatable"
            )
    add = parsers["reconcile"].add_argument
    add("--prefix", help="only keys that begin with it (default: the stack's upload prefix)")
    add("--since", type=moment, metavar="DATE", help="only files uploaded since, ISO 8601, UTC")
    parsers["verify"].add_argument("--key", help="only this object key")
    parsers["verify"].add_argument(
        "--strict", action="store_true", help="an object that is gone is a failure"
    )
    add = parsers["publish"].add_argument
    add("folder", type=Path, metavar="DIR", help="the files, with SHA256SUMS")
    add("--bucket", required=True, help="where releases are, such as the pipeline's")
    add("--version", required=True, help="published only if it is a release, like 1.2.0")
    return main_parser


def stack_option() -> argparse.ArgumentParser:
    """Return the option of every command that is about a stack."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--stack", required=True, metavar="NAME", help="the stack's name")
    return options


def common_options() -> argparse.ArgumentParser:
    """Return the options that every command has."""
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument("--region", help="default: what your AWS configuration says")
    options.add_argument("--profile", help="of your AWS configuration")
    options.add_argument("--endpoint-url", metavar="URL", help="talk to this instead of AWS")
    options.add_argument("--json", action="store_true", help="one JSON document on stdout")
    options.add_argument("--yes", action="store_true", help="do not ask")
    return options


def moment(text: str) -> datetime:
    """Return a date or time, in UTC unless it says otherwise.

    Raises:
        ValueError: It is neither.
    """
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
