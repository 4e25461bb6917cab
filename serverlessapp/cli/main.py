"""``serverlessapp``: where it starts, and how mistakes are answered."""

import sys
from typing import Annotated

from typer import Exit, Option

from serverlessapp.cli import (  # noqa: F401  they add their commands
    capacity,
    operations,
    processors,
    templates,
)
from serverlessapp.cli.app import EXIT_CODES, app, tell, verbatim
from serverlessapp.errors import OperatorError
from serverlessapp.report import printable, show


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    try:
        app(argv, prog_name="serverlessapp")
    except SystemExit as end:
        return int(end.code or 0)
    except expected() as error:
        show(f"error: {printable(str(error))}", sys.stderr)
        return 2
    return 0


def expected() -> tuple[type[Exception], ...]:
    """Return what is answered in one line; of AWS's refusals, only if it was asked."""
    botocore = sys.modules.get("botocore.exceptions")
    aws = (botocore.BotoCoreError, botocore.ClientError) if botocore else ()
    return OperatorError, OSError, *aws


def tell_version(wanted: bool) -> None:
    """Print the version and leave."""
    if wanted:
        from importlib import metadata  # takes as long as reading a template

        tell(f"serverlessapp {metadata.version('serverlessapp')}")
        raise Exit


@app.callback(
    help=verbatim(
        """Compare, check and package ServerlessApp, and operate its stacks.

        Nothing changes in AWS before you have agreed.

        Examples:
          serverlessapp diff stack:files 0.2.0        what an update would do
          serverlessapp parked --stack files --logs   what failed, and why
        """
    ),
    epilog=verbatim(EXIT_CODES),
)
def options(
    version: Annotated[
        bool, Option("--version", callback=tell_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Take the options that belong to no command."""
