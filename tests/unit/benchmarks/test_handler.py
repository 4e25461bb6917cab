"""Both handlers are measured on what they do, and figures become verdicts."""

import json
import os
from collections import Counter
from typing import Any

import pytest

from tests.benchmarks import aws, handler
from tests.benchmarks.handler import (
    CONVENTIONAL,
    OURS,
    SOURCES,
    Situation,
    WarmCall,
    called,
    environment,
    event_for,
    judge,
    usual,
)
from tests.benchmarks.measure import Measurement, MeasurementError

CALLS = {
    Situation(CONVENTIONAL, 1): {"PutMetricData": 2, "GetSecretValue": 1, "HeadObject": 1},
    Situation(CONVENTIONAL, 10): {"PutMetricData": 11, "GetSecretValue": 1, "HeadObject": 10},
    Situation(OURS, 1): {"GetObject": 1, "PutItem": 1},
    Situation(OURS, 10): {"GetObject": 10, "PutItem": 10},
}
USUAL = ("GetObject", "PutItem")
ON_THE_LIMIT = Measurement(1.0, 105)


def test_each_handler_calls_aws_as_often_as_it_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(os.environ).items():
        monkeypatch.setenv(name, value)
    with aws.answering(delay_ms=20) as operations:
        loaded = {name: handler.load(path) for name, path in SOURCES.items()}
        called(Situation(OURS, 1), loaded, operations)  # fetches the secret
        for situation, expected in CALLS.items():
            measured = called(situation, loaded, operations)
            assert Counter(measured.operations) == expected
            assert measured.milliseconds > 40, "two calls, one after the other"
        monkeypatch.setattr(
            handler, "event_for", lambda _: {"Records": [{"messageId": "1", "body": ""}]}
        )
        with pytest.raises(MeasurementError, match="not processed"):
            called(Situation(OURS, 1), loaded, operations)


@pytest.mark.parametrize("name", SOURCES)
def test_events_are_never_the_same(name: str) -> None:
    events = [event_for(Situation(name, files)) for files in (2, 1)]
    assert len({json.dumps(record) for event in events for record in event["Records"]}) == 3


def test_environment_has_nothing_of_the_set_up_around() -> None:
    variables = environment({"AWS_PROFILE": "mine", "AWS_REGION": "x", "PATH": "p"})
    assert variables["PATH"] == "p"
    assert not {"AWS_PROFILE", "AWS_REGION"} & set(variables)


def verdicts(
    one: float = 51,
    ten: float = 21,
    made: tuple[str, ...] = USUAL,
    cold: Measurement = ON_THE_LIMIT,
) -> list[bool]:
    taken = {
        Situation(OURS, 1): [WarmCall(one, made)],
        Situation(OURS, 10): [WarmCall(ten, made * 10)],
        Situation(CONVENTIONAL, 1): [WarmCall(100.0, ())],
        Situation(CONVENTIONAL, 10): [WarmCall(100.0, ())],
    }
    processes = {OURS: [cold], CONVENTIONAL: [Measurement(1.0, 100)]}
    return [verdict.holds for verdict in judge(taken, processes)]


@pytest.mark.parametrize(
    ("missed", "figures"),
    [
        (None, {}),
        (0, {"made": (*USUAL, "GetObject")}),
        (1, {"one": 51.01}),
        (2, {"ten": 21.01}),
        (3, {"cold": Measurement(1.01, 105)}),
        (4, {"cold": Measurement(1.0, 105.1)}),
    ],
)
def test_on_the_limit_is_reached_and_beyond_it_is_missed(
    missed: int | None, figures: dict[str, Any]
) -> None:
    assert verdicts(**figures) == [number != missed for number in range(5)]


def test_a_refreshed_secret_is_not_the_usual_call() -> None:
    refreshed = WarmCall(2, ("GetObject", "GetSecretValue", "PutItem"))
    assert usual([WarmCall(1, USUAL), refreshed, WarmCall(1, USUAL)]) == USUAL
