"""Samples become figures, and figures verdicts."""

import pytest

from tests.benchmarks.processes import Sample
from tests.benchmarks.results import Result, result
from tests.benchmarks.targets import judge


def took(seconds: float, peak_mb: float = 10) -> Result:
    return result("any", [Sample(seconds, peak_mb)])


def test_one_disturbed_round_does_not_move_the_median() -> None:
    figures = result("any", [Sample(1, 20), Sample(60, 30), Sample(2, 10)])
    assert (figures.median, figures.minimum, figures.maximum) == (2, 1, 60)


def test_median_of_an_even_number_lies_between() -> None:
    assert result("any", [Sample(1, 1), Sample(2, 1)]).median == 1.5


def test_memory_is_that_of_the_worst_round() -> None:
    assert result("any", [Sample(1, 20), Sample(1, 30), Sample(1, 10)]).peak_mb == 30


def test_all_targets_reached() -> None:
    verdicts = judge(ours=took(0.5, 39.9), cdk=took(15), floor=took(0.1))
    assert [verdict.holds for verdict in verdicts] == [True, True, True]
    assert verdicts[0].statement == "30.00 x faster than CDK (must be at least 30)"
    assert verdicts[1].statement == "5.00 x the floor (must be at most 5)"
    assert verdicts[2].statement == "peak 39.90 MB (must be under 40)"


@pytest.mark.parametrize(
    ("missed", "ours", "cdk", "floor"),
    [
        (0, took(0.5), took(14.99), took(0.1)),
        (1, took(0.5), took(15), took(0.099)),
        (2, took(0.5, 40), took(15), took(0.1)),
    ],
)
def test_one_target_missed(missed: int, ours: Result, cdk: Result, floor: Result) -> None:
    held = [verdict.holds for verdict in judge(ours, cdk, floor)]
    assert held == [number != missed for number in range(3)]
