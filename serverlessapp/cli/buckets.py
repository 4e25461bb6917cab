"""The command about a bucket that is there before the stack is."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from serverlessapp.cli.app import Aws, Json, command, given
from serverlessapp.report import Report


@command
@given(Aws)
def bucket(
    aws: Aws,
    name: Annotated[str, Argument(metavar="NAME", help="A bucket that is there already.")],
    prefix: Annotated[
        str, Option("--prefix", metavar="PREFIX", help="What UploadPrefix is to be.")
    ] = "uploads/",
    processors: Annotated[
        Path | None, Option(metavar="DIR", help="To count the rules that they need.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Check a bucket that is there, before a stack reads from it.

    Nothing changes. Says what its owner has to do, and what to fill the form of
    application-existing-bucket.yaml in with.

    Examples:
      serverlessapp bucket company-files --prefix in/
      serverlessapp bucket company-files --region eu-west-1 --json

    exit codes: 0 a stack can read from it
                1 something is missing, or cannot be seen
                2 wrong usage, no such bucket, or AWS refused
    """
    from serverlessapp.operations import bucket
    from serverlessapp.processors.definition import read_all

    taken = [each for each in read_all(processors) if each.uploads.suffixes] if processors else []
    checks = bucket.BucketChecks(
        bucket=name, prefix=prefix, client=aws.client, wildcards=len(taken)
    )
    return bucket.run(Report(as_json=as_json), checks)
