"""What a month costs, compared with what was calculated by hand."""

import pytest

from generators import tables
from generators.application import build
from generators.retention import Retention
from pipeline import calculator
from pipeline.calculator import INPUTS
from serverlessapp.capacity.costs import Term, dollars, prices
from tests.fixture_lanes import lane

TERMS = calculator.terms(tables.template())
NOTHING = {"files": 0, "megabytes": 1, "milliseconds": 1, "memory": 128, "batch": 1}


def test_a_term_is_dollars_times_inputs_divided_by_inputs() -> None:
    terms = [
        Term("A", "", 2, ("x", "y"), ("z",)),
        Term("A", "", 1),
        Term("B", "", 5, ("x",)),
    ]
    assert dollars(terms, {"x": 3, "y": 4, "z": 6}) == {"A": 5, "B": 15}


def test_without_files_only_what_stands_is_paid() -> None:
    month = dollars(TERMS, NOTHING)
    # 8 alarms at 10 cents, 7 metrics at 30, a dashboard at 3 dollars.
    assert month["CloudWatch"] == pytest.approx(0.80 + 2.10 + 3.00)
    # The secret at 40 cents, and 8,640 calls at 5 cents for 10,000.
    assert month["Secrets Manager"] == pytest.approx(0.40 + 0.0432)
    assert month["Lambda"] == month["S3"] == month["SQS"] == month["DynamoDB"] == 0


def test_each_processor_has_alarms_metrics_and_calls_of_its_own() -> None:
    lanes = (lane(folder="in/"), lane("csv", folder="csv/", source="eventbridge"))
    template = build(Retention.RETAINED, lanes).to_dict()
    month = dollars(calculator.terms(template), NOTHING)
    assert month["CloudWatch"] == pytest.approx(2 * (0.80 + 2.10) + 3.00)
    assert month["Secrets Manager"] == pytest.approx(0.40 + 2 * 0.0432)


def test_a_million_files() -> None:
    inputs = {"files": 1e6, "megabytes": 2, "milliseconds": 100, "memory": 512, "batch": 10}
    month = dollars(TERMS, inputs)
    # 100,000 requests at 20 cents a million; 1e6 x 0.1 s x 0.5 GB = 50,000 GB-seconds.
    assert month["Lambda"] == pytest.approx(0.02 + 50_000 * 0.0000133334)
    # A PUT and a GET each; 2,000 GB for a month.
    assert month["S3"] == pytest.approx(5.00 + 0.40 + 2000 * 0.023)
    # A message each; a batch is received and deleted: 1.2 million requests at 40 cents.
    assert month["SQS"] == pytest.approx(1.2 * 0.40)
    # A write each; 0.6 GB for 12 months, with recovery.
    assert month["DynamoDB"] == pytest.approx(0.625 + 0.6 * 12 * (0.25 + 0.20))
    # 1 GB of log, besides what stands.
    assert month["CloudWatch"] == pytest.approx(0.50 + 5.90)


def test_every_input_is_used_and_has_a_default_within_its_limits() -> None:
    used = {name for term in TERMS for name in (*term.times, *term.divided)}
    assert used == {field.name for field in INPUTS}
    for field in INPUTS:
        assert field.minimum <= field.default <= field.maximum
        if any(field.name in term.divided for term in TERMS):
            assert field.minimum > 0


def test_prices_have_a_date_and_where_to_look_them_up() -> None:
    for kind in ("processing", "standing"):
        assert prices()[kind]["recorded"].startswith("20")
        for price in prices()[kind]["prices"].values():
            assert price["page"]
            assert price["per"] > 0
