"""What follows from measurements."""

import json
from collections import Counter

import pytest

from tests.benchmarks.handler import cost
from tests.benchmarks.handler.calls import Calls, Situation
from tests.benchmarks.handler.figures import Figures
from tests.benchmarks.handler.items import item_bytes, write_units
from tests.benchmarks.handler.stub_process import Counts
from tests.benchmarks.handler.warm import DELAYS_MS, FILES
from tests.benchmarks.processes import Sample
from tests.benchmarks.results import Result, result


def calls(milliseconds: float, units: int = 0, **made: int) -> Calls:
    return Calls([milliseconds] * 3, [Counts(Counter(made), units, units * 500)] * 3, [1000] * 3)


def cold(seconds: float, peak_mb: float) -> Result:
    return result("any", [Sample(seconds, peak_mb)])


def figures(one: float = 50.0, ten: float = 25.0, seconds: float = 1.1, mb: float = 110) -> Figures:
    ours = {
        1: calls(one, 1, GetObject=1, PutItem=1),
        10: calls(ten, 10, GetObject=10, PutItem=10),
    }
    conventional = {
        1: calls(100.0, GetSecretValue=1, HeadObject=1, PutMetricData=2),
        10: calls(100.0, GetSecretValue=1, HeadObject=10, PutMetricData=11),
    }
    each = [(Situation(files, delay), files) for files in FILES for delay in DELAYS_MS]
    return Figures(
        {
            "ours": {situation: ours[files] for situation, files in each},
            "conventional": {situation: conventional[files] for situation, files in each},
        },
        {"ours": cold(seconds, mb), "conventional": cold(1.0, 100.0)},
    )


def test_quantities_of_a_queued_file() -> None:
    used = cost.quantities(calls(90.2, 10, GetObject=10, PutItem=10), 10, queued=True)
    assert used == pytest.approx(
        {
            "lambda_request": 0.1,
            "lambda_duration": 0.091 * 0.25 / 10,
            "sqs": 1.2,
            "dynamodb_write": 1,
            "log_ingestion": 1e-7,
            "s3_get": 1,
            "dynamodb_storage": 12 * 600e-9,
            "dynamodb_backup": 12 * 600e-9,
        }
    )


def test_dollars_of_a_million_files() -> None:
    dollars = figures().costs["conventional"]
    assert dollars == pytest.approx(
        {
            "lambda_request": 0.2,
            "lambda_duration": 0.1 * 0.25 * 13.3334,
            "s3_get": 0.4,
            "sqs": 0,
            "dynamodb_write": 0,
            "dynamodb_storage": 0,
            "dynamodb_backup": 0,
            "secrets_manager": 5,
            "put_metric_data": 20,
            "log_ingestion": 0.5,
        }
    )
    assert figures().costs["ours, batches of 1"]["sqs"] == pytest.approx(3 * 0.4)


def test_every_price_has_its_source() -> None:
    for price in cost.price_list()["prices"].values():
        assert price["dollars"] > 0
        assert price["page"]


def test_on_the_limit_is_reached() -> None:
    assert [verdict.holds for verdict in figures().verdicts] == [True] * 6


@pytest.mark.parametrize(
    ("changes", "number"),
    [({"one": 50.01}, 1), ({"ten": 25.01}, 2), ({"seconds": 1.101}, 3), ({"mb": 110.1}, 4)],
)
def test_a_target_is_missed(changes: dict[str, float], number: int) -> None:
    verdicts = figures(**changes).verdicts
    assert [verdict.holds for verdict in verdicts] == [each != number for each in range(6)]


def test_what_is_kept_is_told_but_not_judged() -> None:
    run = figures()
    ours = run.costs["ours, batches of 10"]
    assert sum(ours.values()) - cost.processing(ours) == pytest.approx(12 * 0.6 * 0.45)
    assert "with a year of ledger entries" in run.verdicts[5].statement


def test_cost_is_missed() -> None:
    assert not figures(ten=9000.0).verdicts[5].holds


def test_a_refreshed_secret_is_not_the_usual_call() -> None:
    several = calls(1.0, 1, GetObject=1, PutItem=1)
    several.counts.append(Counts(Counter(GetSecretValue=1, GetObject=1, PutItem=1), 1, 500))
    assert several.aws_calls == {"GetObject": 1, "PutItem": 1}


def test_document_is_json() -> None:
    document = json.loads(json.dumps(figures().document()))
    assert document["warm"][0]["aws_calls"] == {"GetObject": 1, "PutItem": 1}
    assert len(document["targets"]) == 6


def test_item_size() -> None:
    item = {"ab": {"S": "xyz"}, "n": {"N": "1234"}, "m": {"M": {"k": {"BOOL": True}}}}
    assert item_bytes(item) == (2 + 3) + (1 + 4) + (1 + 3 + 1 + 1 + 1)
    assert item_bytes({"l": {"L": [{"NULL": True}]}}) == 1 + 3 + 1 + 1
    assert [write_units(size) for size in (0, 1, 1024, 1025)] == [0, 1, 1, 2]
