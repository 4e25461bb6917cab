"""Both handlers against the stub, each in a process of its own."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.handler.contenders import CONTENDERS, Contender, environment, first_call
from tests.benchmarks.handler.stub import Stub
from tests.benchmarks.measure import MeasurementError

CALLS = {
    ("conventional", 1): {"PutMetricData": 2, "GetSecretValue": 1, "HeadObject": 1},
    ("conventional", 10): {"PutMetricData": 11, "GetSecretValue": 1, "HeadObject": 10},
    ("ours", 1): {"GetSecretValue": 1, "GetObject": 1, "PutItem": 1},
    ("ours", 10): {"GetSecretValue": 1, "GetObject": 10, "PutItem": 10},
}


@pytest.fixture(scope="module")
def stub() -> Iterator[Stub]:
    with Stub() as running:
        yield running


@pytest.mark.parametrize(("name", "files"), CALLS)
def test_first_call(stub: Stub, tmp_path: Path, name: str, files: int) -> None:
    sample = first_call(CONTENDERS[name], tmp_path, stub.endpoint, files)
    calls = stub.calls()
    assert Counter(call.operation for call in calls) == CALLS[name, files]
    assert all((call.item_bytes > 100) == (call.operation == "PutItem") for call in calls)
    assert 0 < sample.seconds < 30
    assert sample.peak_mb > 20


def test_a_file_that_fails_is_no_measurement(stub: Stub, tmp_path: Path) -> None:
    broken = {"Records": [{"messageId": "1", "body": ""}]}
    contender = Contender(CONTENDERS["ours"].source, lambda files: broken)
    with pytest.raises(MeasurementError, match="failed to process"):
        first_call(contender, tmp_path, stub.endpoint)


@pytest.mark.parametrize("name", CONTENDERS)
def test_events_are_never_the_same(name: str) -> None:
    event = CONTENDERS[name].event
    assert len({str(record) for record in event(2)["Records"] + event(1)["Records"]}) == 3


def test_environment_has_nothing_of_the_set_up_around() -> None:
    variables = environment({"AWS_PROFILE": "mine", "AWS_REGION": "x", "PATH": "p"}, "http://e")
    assert variables["PATH"] == "p"
    assert variables["AWS_ENDPOINT_URL"] == "http://e"
    assert not {"AWS_PROFILE", "AWS_REGION"} & set(variables)
