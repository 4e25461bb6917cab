"""Workloads of all kinds, and what happens to their files second by second."""

import math
from collections.abc import Mapping
from itertools import count

from hypothesis import strategies as st

from serverlessapp.capacity.quotas import values
from serverlessapp.capacity.workload import BATCH, Pollers, Workload

QUOTA = values("us-east-1")


@st.composite
def workloads(draw: st.DrawFn) -> Workload:
    side_by_side = draw(st.floats(1, BATCH))
    few = draw(st.integers(2, 200))
    return Workload(
        seconds=draw(st.floats(0.001, 89 * side_by_side)),
        per_hour=draw(st.sampled_from([0, 1, 1e4, 1e6, 1e7])),
        side_by_side=side_by_side,
        lanes=draw(st.integers(1, 20)),
        prefixes=draw(st.integers(1, 100)),
        busiest_key=draw(st.sampled_from([0, 0.01, 1])),
        concurrency=draw(st.integers(2, 1000)),
        pollers=draw(st.none() | st.integers(few, 2000).map(lambda many: Pollers(few, many))),
        warm_throughput=draw(st.sampled_from([0, 10_000, 40_000])),
        eventbridge=draw(st.booleans()),
        kms=draw(st.booleans()),
    )


def simulate(work: Workload, quota: Mapping[str, float], files: float) -> tuple[float, float]:
    """Return the second in which nothing waits any more, and the most files that did.

    It knows what has happened, and not what will: batches and tables grow as they are used.
    """
    steady, left, waiting, most_waiting = work.per_hour / 3600, files, 0.0, 0.0
    first, growth, most = (quota[f"mapping-{name}"] for name in ("first", "growth", "most"))
    if work.pollers:
        first, most = (
            quota["pollers-concurrency"] * number
            for number in (work.pollers.few, work.pollers.many)
        )
        growth = quota["pollers-growth"]
    per_environment = work.side_by_side / work.seconds
    batches = min(most, max(first, steady / per_environment / work.lanes))
    if work.pollers:
        polled = BATCH * quota["pollers-polls"] / quota["pollers-concurrency"]
        batches = min(most, max(batches, steady / min(per_environment, polled) / work.lanes))
    table = min(quota["dynamodb-table"], max(work.warm_throughput, quota["dynamodb-first"]))
    table = min(quota["dynamodb-table"], max(table, 2 * steady / work.lanes))
    busiest = quota["dynamodb-partition"] / work.busiest_key if work.busiest_key else math.inf
    announced = quota["eventbridge-invocations"] if work.eventbridge else math.inf
    peak = 0.0
    for second in count():
        came = min(left, min(work.prefixes * quota["s3-writes"], announced) - steady)
        left -= came
        waiting += came + steady
        running = min(batches * work.lanes, quota["lambda-concurrency"])
        running = min(running, work.concurrency * work.lanes) if not work.pollers else running
        running = min(running, quota["sqs-in-flight"] * work.lanes / BATCH)
        gone = min(
            waiting,
            running * per_environment,
            quota["lambda-concurrency"] * quota["lambda-requests"] * BATCH,
            work.prefixes * quota["s3-reads"],
            quota["kms-requests"] if work.kms else math.inf,
            table * work.lanes,
            busiest,
            batches * work.lanes * polled if work.pollers else math.inf,
        )
        waiting -= gone
        peak = max(peak, gone / work.lanes)
        most_waiting = max(most_waiting, waiting)
        if not left and waiting < 1e-6 * files:
            return second + 1, most_waiting
        batches = min(most, batches + growth / 60)
        if (second + 1) % quota["dynamodb-doubling"] == 0:
            table = min(quota["dynamodb-table"], max(table, 2 * peak))
    raise AssertionError("count() has no end")
