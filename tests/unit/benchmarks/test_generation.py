"""Figures become verdicts; and the floor reads what CloudFormation takes."""

from pathlib import Path

import pytest
import yaml

from generators.lanes import load
from tests.benchmarks import floor
from tests.benchmarks.generation import (
    CDK,
    FLOOR,
    ONE,
    OURS,
    TEN,
    UNCHECKED,
    judge,
    processors,
    resources_in,
)
from tests.benchmarks.measure import Measurement

TEMPLATE = """\
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub "${AWS::StackName}-queue"
      Tags: !If [Tagged, [{Key: A, Value: !GetAtt Bucket.Arn}], !Ref AWS::NoValue]
"""
REACHED = {OURS: 0.6, FLOOR: 0.2, CDK: 18.0, UNCHECKED: 5.4, ONE: 0.5, TEN: 2.0}  # seconds


def verdicts(peak_mb: float = 50, **seconds: float) -> list[bool]:
    results = {name: [Measurement(value, peak_mb)] for name, value in (REACHED | seconds).items()}
    return [verdict.holds for verdict in judge(results, templates=2)]


def test_on_the_limits_every_target_is_reached() -> None:
    assert verdicts() == [True] * 5


@pytest.mark.parametrize(
    ("missed", "changes"),
    [(0, {FLOOR: 0.199}), (1, {TEN: 2.01}), (3, {CDK: 17.9}), (4, {UNCHECKED: 5.3})],
)
def test_a_target_is_missed(missed: int, changes: dict[str, float]) -> None:
    assert verdicts(**changes) == [number != missed for number in range(5)]


def test_too_much_memory() -> None:
    assert verdicts(peak_mb=50.1) == [True, True, False, True, True]


def test_processors_are_some(tmp_path: Path) -> None:
    names = [each.name for each in load(processors(tmp_path, 10))]
    assert names == [f"processor{index}" for index in range(10)]


def test_floor_reads_and_writes_templates_with_short_forms(tmp_path: Path) -> None:
    template = tmp_path / "application.yaml"
    template.write_text(TEMPLATE)
    (tmp_path / "out").mkdir()
    floor.main(str(tmp_path / "out"), str(template))
    written = yaml.safe_load((tmp_path / "out" / template.name).read_text())
    assert written["Resources"]["Queue"]["Properties"] == {
        "QueueName": "${AWS::StackName}-queue",
        "Tags": ["Tagged", [{"Key": "A", "Value": "Bucket.Arn"}], "AWS::NoValue"],
    }
    assert list(resources_in(template)) == ["Queue"]
