"""Commands about a team's own processors: before anything is packaged."""

from typing import Annotated, Literal

from typer import Argument, Option

from serverlessapp.cli.app import Json, command, tell


@command
def new(
    kind: Annotated[Literal["processor"], Argument(metavar="processor", help="What to create.")],  # noqa: ARG001
    name: Annotated[str, Argument(metavar="NAME", help="Name; becomes the folder in processors/.")],
    writes_results: Annotated[
        bool, Option("--writes-results", help="Allow writing to results/ in the bucket.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Create a folder with a working processor.

    Run it in the root of a checkout. The processor counts the lines of text
    files and has a sample, a test, and comments on all settings. If another
    processor already gets these files by notification, it uses EventBridge.

    Examples:
      serverlessapp new processor invoices
      serverlessapp new processor csv --writes-results

    exit codes: 0 done
                2 invalid name, the folder exists, or this is not a checkout
    """
    from serverlessapp.processors import scaffold

    made = scaffold.make(name, writes_results=writes_results)
    files = [str(path) for path in made]
    tell({"processor": name, "files": files} if as_json else scaffold.next_steps(name, made))
    return 0
