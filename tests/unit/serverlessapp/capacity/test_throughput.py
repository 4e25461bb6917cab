"""Which part limits, and that the model's constants are those of what it models."""

import re
from typing import Any

import pytest

from generators.processing import BATCH_SIZE
from serverlessapp.capacity import costs, throughput, workload
from serverlessapp.capacity.quotas import values
from serverlessapp.capacity.throughput import Throughput, throughputs
from serverlessapp.capacity.workload import Pollers, Workload
from serverlessapp.errors import OperatorError
from tests.lambda_code import loaded

from .workloads import QUOTA


def wide(**options: Any) -> Workload:
    return Workload(**{"concurrency": 1000, "prefixes": 1000, **options})


def first_of(work: Workload, region: str = "us-east-1", **raised: str) -> Throughput:
    """Return the part that lets the fewest files through in the long run."""
    changed = {name.replace("_", "-"): value for name, value in raised.items()}
    parts = throughputs(work, values(region, changed))
    return min(parts, key=lambda part: (part.last, part.part))


def test_constants_are_those_of_template_and_runtime() -> None:
    with loaded("file_processor") as runtime:
        assert workload.BATCH == BATCH_SIZE == runtime.THREADS
        assert throughput.SECRET_SECONDS == runtime.SECRET_SECONDS
    assert costs.ITEM_BYTES <= 1024 * throughput.WRITE_UNITS


@pytest.mark.parametrize(
    ("work", "part", "rate"),
    [
        (Workload(seconds=2), "MaximumConcurrency", 10 * 10 / 2),
        (Workload(seconds=2, lanes=3), "MaximumConcurrency", 3 * 10 * 10 / 2),
        (wide(seconds=2, side_by_side=1), "Lambda concurrency", 1000 / 2),
        (Workload(seconds=0.5, concurrency=1000), "S3 writes", 3500),
        (wide(seconds=0.1), "DynamoDB writes", 40_000),
        (wide(seconds=0.1, lanes=2), "CloudWatch Logs", 50_000),
        (wide(seconds=0.1, busiest_key=0.5), "DynamoDB writes to one key", 2000),
        (wide(seconds=0.1, eventbridge=True), "EventBridge", 18_750),
        (Workload(seconds=1, pollers=Pollers(2, 5), prefixes=9), "calls of event pollers", 500),
        (Workload(seconds=2, pollers=Pollers(2, 5), prefixes=9), "event pollers", 5 * 10 * 10 / 2),
    ],
)
def test_the_limit_that_binds(work: Workload, part: str, rate: float) -> None:
    found = first_of(work)
    assert found.part == part
    assert found.last == pytest.approx(rate)


def test_the_limit_of_another_region_and_account() -> None:
    events = wide(seconds=0.1, eventbridge=True)
    assert first_of(events, "eu-north-1").last == 1100
    assert first_of(events, "eu-north-1", eventbridge_invocations="90").last == 90
    keys = wide(seconds=0.1, kms=True, lanes=9)
    assert first_of(keys, "sa-east-1").part == "KMS"
    assert first_of(keys, "sa-east-1").last == 10_000
    assert first_of(keys, kms_requests="9000").last == 9000
    long = Workload(seconds=300, pollers=Pollers(2, 2000), prefixes=9)
    assert first_of(long, lambda_concurrency="50000").part == "SQS messages in flight"
    assert first_of(Workload(seconds=2), lambda_concurrency="9").part == "Lambda concurrency"


def test_what_grows_begins_where_it_is_used_already() -> None:
    parts = {part.part: part for part in throughputs(Workload(seconds=2, per_hour=0), QUOTA)}
    used = throughputs(Workload(seconds=2, per_hour=36e6), QUOTA)
    warm = {part.part: part for part in used}
    assert parts["event source mapping"].first == 5 * 10 / 2
    assert warm["event source mapping"].first == warm["event source mapping"].last == 6250
    assert (parts["DynamoDB writes"].first, warm["DynamoDB writes"].first) == (4000, 20_000)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"seconds": 0}, "--seconds must be 0.001 to 900"),
        ({"seconds": float("nan")}, "--seconds must be"),
        ({"seconds": 1, "size": -1}, "--size must be"),
        ({"seconds": 100, "side_by_side": 1}, "a batch of 10 takes 1,000 s"),
        ({"seconds": 1, "concurrency": 1}, "--concurrency must be 2 to 1,000"),
        ({"seconds": 1, "pollers": Pollers(1, 9)}, "--pollers must be 2 to 200"),
        ({"seconds": 1, "pollers": Pollers(9, 8)}, "--pollers must be 2 to 200"),
        ({"seconds": 1, "pollers": Pollers(9, 2001)}, "as many to 2,000"),
        ({"seconds": 1, "warm_throughput": 40_001}, "the quota dynamodb-table"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(OperatorError, match=re.escape(reason)):
        throughputs(Workload(**options), QUOTA)
