"""Both handlers against the stub, each in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.benchmarks.handler.cold import first_call
from tests.benchmarks.handler.contenders import Contender, contenders, environment
from tests.benchmarks.handler.stub_process import StubProcess
from tests.benchmarks.processes import MeasurementError

CALLS = {
    ("conventional", 1): {"PutMetricData": 2, "GetSecretValue": 1, "HeadObject": 1},
    ("conventional", 10): {"PutMetricData": 11, "GetSecretValue": 1, "HeadObject": 10},
    ("ours", 1): {"GetSecretValue": 1, "GetObject": 1, "PutItem": 1},
    ("ours", 10): {"GetSecretValue": 1, "GetObject": 10, "PutItem": 10},
}


@pytest.fixture(scope="module")
def stub() -> Iterator[StubProcess]:
    with StubProcess() as process:
        yield process


@pytest.fixture
def field(tmp_path: Path) -> dict[str, Contender]:
    return contenders(tmp_path)


@pytest.mark.parametrize(("name", "files"), CALLS)
def test_first_call(
    stub: StubProcess, field: dict[str, Contender], tmp_path: Path, name: str, files: int
) -> None:
    before = stub.counts()
    sample = first_call(field[name], tmp_path, stub.endpoint, files)
    counted = stub.counts().since(before)
    assert counted.calls == CALLS[name, files]
    assert counted.write_units == counted.calls["PutItem"]
    assert 0 < sample.seconds < 30
    assert sample.peak_mb > 20


def test_a_file_that_fails_is_no_measurement(
    stub: StubProcess, field: dict[str, Contender], tmp_path: Path
) -> None:
    wrong = Contender(field["ours"].source, lambda _: {"Records": [{"messageId": "1", "body": ""}]})
    with pytest.raises(MeasurementError, match="failed to process"):
        first_call(wrong, tmp_path, stub.endpoint)


@pytest.mark.parametrize("name", ["ours", "conventional"])
def test_events_are_never_the_same(field: dict[str, Contender], name: str) -> None:
    event = field[name].event
    assert len({str(record) for record in event(2)["Records"] + event(1)["Records"]}) == 3


def test_environment_has_nothing_of_the_set_up_around() -> None:
    variables = environment({"AWS_PROFILE": "mine", "AWS_REGION": "x", "PATH": "p"}, "http://e")
    assert variables["PATH"] == "p"
    assert variables["AWS_ENDPOINT_URL"] == "http://e"
    assert not {"AWS_PROFILE", "AWS_REGION"} & set(variables)
