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
    name: Annotated[str, Argument(metavar="NAME", help="Existing bucket.")],
    prefix: Annotated[
        str, Option("--prefix", metavar="PREFIX", help="Planned value of UploadPrefix.")
    ] = "uploads/",
    processors: Annotated[
        Path | None, Option(metavar="DIR", help="Folder of processors, to count their rules.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Check an existing bucket before a stack reads from it.

    Read-only. Shows what the bucket's owner has to configure, and the parameter
    values for application-existing-bucket.yaml.

    Examples:
      serverlessapp bucket company-files --prefix in/
      serverlessapp bucket company-files --region eu-west-1 --json

    exit codes: 0 a stack can read from it
                1 something is missing, or cannot be read
                2 wrong usage, no such bucket, or AWS refused
    """
    from serverlessapp.operations import bucket
    from serverlessapp.processors.definition import read_all

    taken = [each for each in read_all(processors) if each.uploads.suffixes] if processors else []
    checks = bucket.BucketChecks(
        bucket=name, prefix=prefix, client=aws.client, wildcards=len(taken)
    )
    return bucket.run(Report(as_json=as_json), checks)
