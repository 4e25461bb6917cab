"""Commands about a team's own processors: before anything is packaged."""

from typing import Annotated, Literal

from typer import Argument, Option

from serverlessapp.cli.app import Json, command, tell


@command
def new(
    kind: Annotated[Literal["processor"], Argument(metavar="processor", help="What to make.")],  # noqa: ARG001
    name: Annotated[str, Argument(metavar="NAME", help="Its folder below processors/.")],
    writes_results: Annotated[
        bool, Option("--writes-results", help="Let it write below results/ in the bucket.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Make the folder of a processor, which works as it is.

    In the checkout that one stands in: code that counts the lines of texts, with
    a sample, a test, and comments on what else can be said. Where another
    processor takes these files by notification, they come through EventBridge.

    Examples:
      serverlessapp new processor invoices
      serverlessapp new processor csv --writes-results

    exit codes: 0 done
                2 no such name can be, it is there already, or this is no checkout
    """
    from serverlessapp.processors import scaffold

    made = scaffold.make(name, writes_results=writes_results)
    files = [str(path) for path in made]
    tell({"processor": name, "files": files} if as_json else scaffold.next_steps(name, made))
    return 0
