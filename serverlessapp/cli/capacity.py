"""The command about what a stack will get through: before there is one."""

from typing import Annotated

from typer import BadParameter, Option

from serverlessapp.cli.app import Json, command
from serverlessapp.report import Report

BURSTS = (1e6, 1e7, 1e8)


@command
def capacity(
    seconds: Annotated[float, Option(metavar="S", help="Seconds a file takes.")],
    per_hour: Annotated[float, Option(metavar="N", help="Files that come all the time.")] = 0,
    files: Annotated[
        list[float] | None,
        Option(metavar="N", help="Files that come at once; repeatable. Default: 1e6, 1e7, 1e8."),
    ] = None,
    size: Annotated[float, Option(metavar="MB", help="Mean size of a file.")] = 1,
    side_by_side: Annotated[
        float, Option(metavar="N", help="Files of a batch at full speed; 1: they compute.")
    ] = 10,
    memory: Annotated[int, Option(metavar="MB", help="FunctionMemory.")] = 256,
    lanes: Annotated[int, Option(metavar="N", help="Processors that share the files.")] = 1,
    prefixes: Annotated[int, Option(metavar="N", help="Prefixes that share the files.")] = 1,
    busiest_key: Annotated[
        float, Option(metavar="SHARE", help="Of the files, with the same key: 0 to 1.")
    ] = 0,
    concurrency: Annotated[int, Option(metavar="N", help="MaximumConcurrency.")] = 10,
    pollers: Annotated[
        str, Option(metavar="MIN:MAX", help="Event pollers: provisioned mode instead.")
    ] = "",
    warm_writes: Annotated[float, Option(metavar="N", help="Warm throughput of the ledger.")] = 0,
    eventbridge: Annotated[
        bool, Option("--eventbridge", help="Files come through EventBridge.")
    ] = False,
    kms: Annotated[
        bool, Option("--kms", help="Under a key of yours, without a bucket key.")
    ] = False,
    region: Annotated[str, Option(metavar="REGION", help="Its quotas.")] = "us-east-1",
    quota: Annotated[
        list[str] | None, Option(metavar="NAME=VALUE", help="Of your account; repeatable.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Tell what saturates first, how long bursts wait, and the costs.

    From quotas that AWS documents, prices of us-east-1, and what you measured of
    your processor. No stack is asked. docs/scaling.md has the model, its
    sources, and what only AWS can show.

    Examples:
      serverlessapp capacity --seconds 2
      serverlessapp capacity --seconds 2 --size 5 --per-hour 40000 --files 3e6
      serverlessapp capacity --seconds 2 --prefixes 10 --concurrency 1000
      serverlessapp capacity --seconds 9 --side-by-side 1 --pollers 20:2000
      serverlessapp capacity --seconds 2 --quota lambda-concurrency=20000 --json

    exit codes: 0 the files are processed
                1 more come than go, or they wait longer than SQS keeps them
                2 wrong usage, or such a stack cannot be
    """
    from serverlessapp.capacity import report
    from serverlessapp.capacity.quotas import values
    from serverlessapp.capacity.workload import Workload
    from serverlessapp.template.parameters import pairs

    few, colon, many = pollers.partition(":")
    if pollers and not (colon and few.isdecimal() and many.isdecimal()):
        raise BadParameter("--pollers must be two numbers, like 2:200")
    workload = Workload(
        seconds=seconds,
        per_hour=per_hour,
        megabytes=size,
        side_by_side=side_by_side,
        memory=memory,
        lanes=lanes,
        prefixes=prefixes,
        busiest_key=busiest_key,
        concurrency=concurrency,
        pollers=(int(few), int(many)) if pollers else None,
        warm_writes=warm_writes,
        eventbridge=eventbridge,
        kms=kms,
    )
    known = values(region, pairs(quota or (), "--quota"))
    return report.run(Report(as_json=as_json), report.capacity(workload, known, files or BURSTS))
