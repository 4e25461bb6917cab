"""``serverlessapp``: where it starts, and how mistakes are answered."""

import sys
from typing import Annotated

from typer import Exit, Option

from serverlessapp import exit_codes, report
from serverlessapp.advice import explained

# They add their commands.
from serverlessapp.cli import buckets, capacity, operations, processors, templates  # noqa: F401
from serverlessapp.cli.app import app, tell, verbatim
from serverlessapp.errors import OperatorError
from serverlessapp.exit_codes import ExitCode
from serverlessapp.report import printable, show


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    report.prepare()
    code = 0
    try:
        app(argv, prog_name="serverlessapp")
    except SystemExit as end:
        code = int(end.code or 0)
    except expected() as error:
        code = tell_error(explained(error))
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("serverlessapp"):  # ours, so a mistake in the code
            raise
        code = tell_error(
            f"{error.name} is not installed: install it with pip, or reinstall serverlessapp"
        )
    return tell_error(report.LOST.pop()) if report.LOST else code


def tell_error(words: str) -> int:
    """Print an error in one line, and return the exit code."""
    show(f"error: {printable(words)}", sys.stderr)
    return ExitCode.REFUSED


def expected() -> tuple[type[Exception], ...]:
    """Return what is answered in one line; of what takes long to import, only if it was used."""
    kinds: list[type[Exception]] = [OperatorError, OSError]
    if "sqlite3" in sys.modules:
        from sqlite3 import Error

        kinds.append(Error)  # its disk is full, for example
    if "botocore.exceptions" in sys.modules:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        kinds += [BotoCoreError, ClientError, ResponseParserError]
    return tuple(kinds)


def tell_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        from importlib import metadata  # takes as long as reading a template

        tell(f"serverlessapp {metadata.version('serverlessapp')}")
        raise Exit


@app.callback(
    help=verbatim(
        """Compare, validate and package templates, and operate their stacks.

        Commands that change something in AWS ask for confirmation first.

        Examples:
          serverlessapp diff stack:files 0.2.0        what an update would do
          serverlessapp parked --stack files --logs   what failed, and why
        """
    ),
    epilog=verbatim(exit_codes.table()),
)
def options(
    version: Annotated[
        bool, Option("--version", callback=tell_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that belong to no command."""
