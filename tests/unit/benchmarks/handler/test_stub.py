"""The stub answers, counts, waits, and ends."""

import json
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from tests.benchmarks.handler.answers import JSON_BODIES, item_bytes
from tests.benchmarks.handler.stub import Stub


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as running:
        yield running


def ask(stub: Stub, method: str, body: str = "", **headers: str) -> int:
    connection = HTTPConnection(urlsplit(stub.endpoint).netloc)
    connection.request(method, "/bucket/key", body, headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(("method", "content"), [("GET", b"hello"), ("HEAD", b"")])
def test_objects(stub: Stub, method: str, content: bytes) -> None:
    """Read from the socket: what is too much would end up before the next answer."""
    address = urlsplit(stub.endpoint)
    with socket.create_connection((address.hostname, address.port)) as connection:
        connection.sendall(f"{method} /bucket/key HTTP/1.0\r\n\r\n".encode())
        header, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    assert b"Content-Length: 5" in header
    assert body == content
    assert stub.calls() == [(f"{method.title()}Object", 0)]


def test_calls_by_target(stub: Stub) -> None:
    item = json.dumps({"Item": {"k": {"S": "x" * 1024}}})
    for target in JSON_BODIES:
        assert ask(stub, "POST", item, **{"X-Amz-Target": target}) == 200
    assert stub.calls() == [("GetSecretValue", 0), ("PutItem", 1025), ("PutMetricData", 0)]
    assert stub.calls() == []


def test_what_no_handler_sends_is_not_answered(stub: Stub) -> None:
    assert ask(stub, "POST", **{"X-Amz-Target": "DynamoDB_20120810.Scan"}) == 404
    assert stub.calls() == []


def test_delay(stub: Stub) -> None:
    ask(stub, "HEAD")  # it runs
    stub.delay_ms.value = 80
    started = time.perf_counter()
    ask(stub, "HEAD")
    assert time.perf_counter() - started >= 0.08


def test_ends_with_its_context() -> None:
    with Stub() as stub:
        endpoint = urlsplit(stub.endpoint).netloc
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection(endpoint).request("GET", "/")


def test_item_size() -> None:
    item = {"ab": {"S": "xyz"}, "n": {"N": "1234"}, "m": {"M": {"k": {"BOOL": True}}}}
    assert item_bytes(item) == (2 + 3) + (1 + 4) + (1 + 3 + 1 + 1 + 1)
    assert item_bytes({"l": {"L": [{"NULL": True}]}}) == 1 + 3 + 1 + 1
