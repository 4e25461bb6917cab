"""The stub answers, counts, waits, and ends."""

import json
import time
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest

from tests.benchmarks.handler import answers
from tests.benchmarks.handler.stub_process import StubProcess


class Asked(NamedTuple):
    status: int
    headers: Message
    body: bytes


@pytest.fixture
def stub() -> Iterator[StubProcess]:
    with StubProcess() as process:
        yield process


def ask(stub: StubProcess, method: str, body: str = "", **headers: str) -> Asked:
    connection = HTTPConnection(urlsplit(stub.endpoint).netloc)
    connection.request(method, "/bucket/key", body, headers)
    response = connection.getresponse()
    asked = Asked(response.status, response.headers, response.read())
    connection.close()
    return asked


def test_objects(stub: StubProcess) -> None:
    for method, body in (("GET", b"hello"), ("HEAD", b"")):
        response = ask(stub, method)
        assert response.body == body
        assert response.headers["Content-Length"] == "5"
        assert response.headers["ETag"] == f'"{answers.ETAG}"'
    assert stub.counts().calls == {"GetObject": 1, "HeadObject": 1}


def test_calls_by_target(stub: StubProcess) -> None:
    for target in answers.JSON_BODIES:
        item = json.dumps({"Item": {"k": {"S": "x" * 1024}}})
        assert ask(stub, "POST", item, **{"X-Amz-Target": target}).status == 200
    counted = stub.counts()
    assert counted.calls == {"GetSecretValue": 1, "PutItem": 1, "PutMetricData": 1}
    assert counted.write_units == 2
    assert counted.item_bytes == 1025


def test_what_no_handler_sends_is_not_answered(stub: StubProcess) -> None:
    assert ask(stub, "POST", **{"X-Amz-Target": "DynamoDB_20120810.Scan"}).status == 404
    assert stub.counts().calls.total() == 0


def test_counts_since(stub: StubProcess) -> None:
    ask(stub, "GET")
    before = stub.counts()
    ask(stub, "HEAD")
    assert stub.counts().since(before).calls == {"HeadObject": 1}


def test_delay(stub: StubProcess) -> None:
    stub.delay(80)
    started = time.perf_counter()
    ask(stub, "HEAD")
    assert time.perf_counter() - started >= 0.08
    stub.delay(0)
    started = time.perf_counter()
    stub.counts()
    assert time.perf_counter() - started < 0.08


def test_ends_with_its_context() -> None:
    with StubProcess() as stub:
        endpoint = urlsplit(stub.endpoint).netloc
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection(endpoint).request("GET", "/")
