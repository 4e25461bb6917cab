"""The command about what a stack will get through: before there is one."""

from typing import Annotated

from typer import Option

from serverlessapp.capacity.workload import Workload
from serverlessapp.cli.app import Json, command, given
from serverlessapp.report import Report

BURSTS = (1e6, 1e7, 1e8)


@command
@given(Workload)
def capacity(
    workload: Workload,
    files: Annotated[
        list[float] | None,
        Option(metavar="N", help="Number of files in a burst; repeatable. Default: 1e6, 1e7, 1e8."),
    ] = None,
    region: Annotated[
        str, Option(metavar="REGION", help="Region whose quotas apply.")
    ] = "us-east-1",
    quota: Annotated[
        list[str] | None, Option(metavar="NAME=VALUE", help="A quota of your account; repeatable.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Show what saturates first, how long bursts wait, and the cost.

    Calculated from AWS's documented quotas, prices of us-east-1, and
    measurements of your processor; needs no stack. docs/scaling.md describes
    the model, its sources, and what was not measured on AWS.

    Examples:
      serverlessapp capacity --seconds 2
      serverlessapp capacity --seconds 2 --size 5 --per-hour 40000 --files 3e6
      serverlessapp capacity --seconds 2 --prefixes 10 --concurrency 1000
      serverlessapp capacity --seconds 9 --side-by-side 1 --pollers 20:2000
      serverlessapp capacity --seconds 2 --quota lambda-concurrency=20000 --json

    exit codes: 0 the files are processed
                1 the backlog grows, or files wait longer than SQS keeps them
                2 wrong usage, or no stack can have these settings
    """
    from serverlessapp.capacity import report
    from serverlessapp.capacity.quotas import values
    from serverlessapp.template.parameters import pairs

    known = values(region, pairs(quota or (), "--quota"))
    return report.run(Report(as_json=as_json), report.capacity(workload, known, files or BURSTS))
