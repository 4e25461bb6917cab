"""What follows from measurements."""

import json
from dataclasses import asdict

import pytest

from tests.benchmarks.handler import cost
from tests.benchmarks.handler.comparison import BATCHES, costs_of, judge
from tests.benchmarks.handler.contenders import CONVENTIONAL, OURS
from tests.benchmarks.handler.stub import AwsCall
from tests.benchmarks.handler.warm import CallTime, Situation, WarmResult
from tests.benchmarks.measure import Measurement, Result

PUT, GET, SECRET = AwsCall("PutItem", 500), AwsCall("GetObject", 0), AwsCall("GetSecretValue", 0)
HEAD, METRIC = AwsCall("HeadObject", 0), AwsCall("PutMetricData", 0)


def result(milliseconds: float, *calls: AwsCall) -> WarmResult:
    return WarmResult.of([CallTime(milliseconds, list(calls), 1000)] * 3)


def warm(one: float = 50.0, ten: float = 25.0) -> dict[Situation, WarmResult]:
    return {
        Situation(OURS, 1, 15): result(one, GET, PUT),
        Situation(OURS, 10, 15): result(ten, *[GET, PUT] * 10),
        Situation(CONVENTIONAL, 1, 15): result(100.0, SECRET, HEAD, METRIC, METRIC),
        Situation(CONVENTIONAL, 10, 15): result(100.0),
    }


def verdicts(
    one: float = 50.0, ten: float = 25.0, seconds: float = 1.1, mb: float = 110
) -> list[bool]:
    cold = {
        OURS: Result.of([Measurement(seconds, mb)]),
        CONVENTIONAL: Result.of([Measurement(1, 100)]),
    }
    measured = warm(one, ten)
    return [verdict.holds for verdict in judge(measured, cold, costs_of(measured))]


def test_dollars_of_a_million_files() -> None:
    nothing = dict.fromkeys(cost.PRICES["prices"], 0.0)
    costs = costs_of(warm(ten=90.2))
    assert costs[CONVENTIONAL] == pytest.approx(
        nothing
        | {
            "lambda_request": 0.2,
            "lambda_duration": 0.1 * 0.25 * 13.3334,
            "s3_get": 0.4,
            "secrets_manager": 5,
            "put_metric_data": 20,
            "log_ingestion": 0.5,
        }
    )
    assert costs[BATCHES] == pytest.approx(
        nothing
        | {
            "lambda_request": 0.02,
            "lambda_duration": 0.091 * 0.25 * 1.33334,  # by begun milliseconds
            "s3_get": 0.4,
            "sqs": 1.2 * 0.4,
            "dynamodb_write": 0.625,
            "log_ingestion": 0.05,
            "dynamodb_storage": 12 * 0.6 * 0.25,
            "dynamodb_backup": 12 * 0.6 * 0.2,
        }
    )
    assert sum(costs[BATCHES].values()) - cost.processing(costs[BATCHES]) == pytest.approx(
        12 * 0.6 * 0.45
    )


def test_on_the_limit_is_reached() -> None:
    assert verdicts() == [True] * 6


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({"one": 50.01}, 1),
        ({"ten": 25.01}, 2),
        ({"seconds": 1.101}, 3),
        ({"mb": 110.1}, 4),
    ],
)
def test_a_target_is_missed(changes: dict[str, float], missed: int) -> None:
    assert verdicts(**changes) == [number != missed for number in range(6)]


def test_cost_is_missed() -> None:
    assert not verdicts(ten=9000.0)[5]


def test_a_refreshed_secret_is_not_the_usual_call() -> None:
    usual, refreshed = CallTime(1, [PUT, GET], 1), CallTime(2, [SECRET, GET, PUT], 1)
    taken = WarmResult.of([usual, refreshed, usual])
    assert taken.aws_calls == {"GetObject": 1, "PutItem": 1}
    assert (taken.write_units, taken.item_bytes) == (1, 500)
    assert json.loads(json.dumps(asdict(taken)))["milliseconds"] == [1, 2, 1]
