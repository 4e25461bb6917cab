"""A comparison of different stacks does not go unnoticed."""

from collections import Counter

from tests.benchmarks.equivalence import differences


def test_same_stack() -> None:
    assert differences(Counter(Queue=2, Topic=1), Counter(Topic=1, Queue=2)) == []


def test_more_fewer_and_missing_resources() -> None:
    assert differences(Counter(Queue=2, Topic=1), Counter(Queue=1, Alarm=3)) == [
        "Alarm: the project has 0, the CDK app 3",
        "Queue: the project has 2, the CDK app 1",
        "Topic: the project has 1, the CDK app 0",
    ]
