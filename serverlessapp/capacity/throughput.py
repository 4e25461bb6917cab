"""How many files a second each part of a stack lets through, at first and in the long run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from serverlessapp.capacity.workload import BATCH, Workload
from serverlessapp.errors import OperatorError

SECRET_SECONDS = 300  # that the runtime keeps the secret
WRITE_UNITS = 1  # of an entry up to 1 KB
Limits = Literal["arrival", "queue", "calls", "log"]


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """Files a second that one part lets through; never fewer than before."""

    part: str
    quota: str  # what it follows from: the name of a quota, or a parameter of the form
    first: float  # when a burst begins
    last: float  # in the long run
    growth: float = 0  # how many more each second
    doubling: float = 0  # or, the seconds in which it doubles
    # "arrival": how fast files come in. "queue": how fast they leave the queue, where the others
    # wait. "calls": how many calls are answered; more are refused, and such a file is tried again,
    # as often as the lane has attempts. "log": none of these; above it, log lines are lost.
    limits: Limits = "calls"

    def lines(self) -> Iterator[tuple[float, float, float]]:
        """Yield it as straight lines: seconds from the beginning, files a second, growth."""
        begin, rate = 0.0, self.first
        if self.growth and self.first < self.last:
            yield 0.0, self.first, self.growth
            begin = (self.last - self.first) / self.growth
        while self.doubling and rate < self.last:
            yield begin, rate, 0.0
            begin, rate = begin + self.doubling, 2 * rate
        yield begin, self.last, 0.0


def throughputs(workload: Workload, quota: Mapping[str, float]) -> list[Throughput]:
    """Return that of each part; refuse a workload that is set to what AWS refuses."""
    check(workload, quota)
    return [*arrival(workload, quota), *mapping(workload, quota), *processing(workload, quota)]


def check(workload: Workload, quota: Mapping[str, float]) -> None:
    """Refuse what AWS refuses, or what could never end."""
    if workload.batch_seconds > quota["lambda-duration"]:
        raise OperatorError(
            f"a batch of {BATCH} takes {workload.batch_seconds:,.0f} s, and Lambda times out after "
            f"{quota['lambda-duration']:,.0f}: lower --seconds, or raise --side-by-side"
        )
    most = quota["mapping-maximum-concurrency"]
    if not 2 <= workload.concurrency <= most:
        raise OperatorError(f"--concurrency must be 2 to {most:,.0f}")
    if workload.pollers:
        least, limit = quota["pollers-least"], quota["pollers-most"]
        few, many = workload.pollers.few, workload.pollers.many
        if not (2 <= few <= least and few <= many <= limit):
            raise OperatorError(
                f"--pollers must be 2 to {least:,.0f}, a colon, and as many to {limit:,.0f}"
            )
    if not 0 <= workload.warm_throughput <= quota["dynamodb-table"]:
        most = quota["dynamodb-table"]
        raise OperatorError(f"--warm-throughput must be 0 to {most:,.0f}, the quota dynamodb-table")


def constant(part: str, quota: str, rate: float, limits: Limits = "calls") -> Throughput:
    """Return what is always the same."""
    return Throughput(part=part, quota=quota, first=rate, last=rate, limits=limits)


def arrival(workload: Workload, quota: Mapping[str, float]) -> Iterator[Throughput]:
    """Yield what limits how fast files come in, and are announced."""
    writes = quota["s3-writes"] * workload.prefixes
    yield constant("S3 writes", "s3-writes", writes, "arrival")
    if workload.eventbridge:
        name = "eventbridge-invocations"
        yield constant("EventBridge", name, quota[name], "arrival")


def mapping(workload: Workload, quota: Mapping[str, float]) -> Iterator[Throughput]:
    """Yield how many batches a lane's mapping hands over, as files a second of all lanes.

    It is warm already for what comes all the time.
    """
    per_batch = workload.lanes / workload.environment_seconds
    if workload.pollers is None:
        most = quota["mapping-most"] * per_batch
        yield Throughput(
            part="event source mapping",
            quota="mapping-most",
            first=min(most, max(quota["mapping-first"] * per_batch, workload.per_hour / 3600)),
            last=most,
            growth=quota["mapping-growth"] / 60 * per_batch,
            limits="queue",
        )
        rate = workload.concurrency * per_batch
        yield constant("MaximumConcurrency", "MaximumConcurrency", rate, "queue")
        return
    few = workload.pollers.few * quota["pollers-concurrency"]
    many = workload.pollers.many * quota["pollers-concurrency"]
    # A poller fetches no more batches than it may call SQS.
    polls = quota["pollers-polls"] / quota["pollers-concurrency"] * BATCH * workload.lanes
    for part, files in (("event pollers", per_batch), ("calls of event pollers", polls)):
        yield Throughput(
            part=part,
            quota="MaximumPollers",
            first=min(many * files, max(few * files, workload.per_hour / 3600)),
            last=many * files,
            growth=quota["pollers-growth"] / 60 * files,
            limits="queue",
        )


def processing(workload: Workload, quota: Mapping[str, float]) -> Iterator[Throughput]:
    """Yield what limits the function and what it calls."""
    lanes, environment = workload.lanes, workload.environment_seconds
    in_flight = quota["sqs-in-flight"] * lanes / workload.batch_seconds
    yield constant("SQS messages in flight", "sqs-in-flight", in_flight, "queue")
    concurrency = quota["lambda-concurrency"]
    yield constant("Lambda concurrency", "lambda-concurrency", concurrency / environment)
    requests = concurrency * quota["lambda-requests"] * BATCH
    yield constant("Lambda requests", "lambda-requests", requests)
    most = concurrency / environment
    new = quota["lambda-growth"] * lanes / environment
    first = min(most, max(new, workload.per_hour / 3600))
    yield Throughput(
        part="new execution environments",
        quota="lambda-growth",
        first=first,
        last=most,
        growth=new / 10,
    )
    yield constant("S3 reads", "s3-reads", quota["s3-reads"] * workload.prefixes)
    if workload.kms:
        yield constant("KMS", "kms-requests", quota["kms-requests"])
    secrets = quota["secrets-reads"] * SECRET_SECONDS / environment
    yield constant("Secrets Manager", "secrets-reads", secrets)
    table = quota["dynamodb-table"] * lanes / WRITE_UNITS
    warm = max(workload.warm_throughput, quota["dynamodb-first"]) * lanes / WRITE_UNITS
    yield Throughput(
        part="DynamoDB writes",
        quota="dynamodb-table",
        first=min(table, max(warm, 2 * workload.per_hour / 3600)),
        last=table,
        doubling=quota["dynamodb-doubling"],
    )
    if workload.busiest_key:
        rate = quota["dynamodb-partition"] / WRITE_UNITS / workload.busiest_key
        yield constant("DynamoDB writes to one key", "dynamodb-partition", rate)
    # Nobody could confirm how often Lambda sends lines: once for each batch is assumed.
    yield constant("CloudWatch Logs", "logs-writes", quota["logs-writes"] * BATCH, "log")
