"""The fault proxy in front of the smallest server there is, asked by botocore as Lambda does."""

import http.client
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
    ResponseStreamingError,
)

from local.faults import actions
from local.faults.exchange import Exchange
from local.faults.proxy import FaultProxy

CONTENT = bytes(range(256)) * 1024


class Origin(BaseHTTPRequestHandler):
    """Answers every request with the same body, and remembers how often."""

    requests = 0

    def do_GET(self) -> None:
        Origin.requests += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.send_header("x-amz-meta-host", self.headers["Host"])
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(CONTENT)

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        Origin.requests += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Origin) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def proxy(origin: str) -> Iterator[FaultProxy]:
    Origin.requests = 0
    with FaultProxy(origin) as running:
        yield running


def client(proxy: FaultProxy, service: Any, attempts: int = 1, read_timeout: float = 10) -> Any:
    return boto3.client(
        service,
        endpoint_url=proxy.endpoint,
        region_name="us-west-2",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": attempts},
        ),
    )


def read(proxy: FaultProxy, key: str = "a b+ü", attempts: int = 1) -> bytes:
    answer = client(proxy, "s3", attempts).get_object(Bucket="bucket", Key=key, VersionId="v1")
    return bytes(answer["Body"].read())


def put_item(proxy: FaultProxy) -> None:
    client(proxy, "dynamodb").put_item(
        TableName="t", Item={"object_key": {"S": "uploads/a"}, "version_id": {"S": "v1"}}
    )


def test_lets_calls_through_and_records_them(proxy: FaultProxy) -> None:
    assert read(proxy) == CONTENT
    put_item(proxy)
    get, put = proxy.made()
    assert (get.service, get.operation, get.status) == ("s3", "GetObject", 200)
    assert (get.key, get.version_id) == ("a b+ü", "v1")
    assert (put.service, put.operation, put.status) == ("dynamodb", "PutItem", 200)
    assert (put.key, put.version_id) == ("uploads/a", "v1")
    assert proxy.made("PutItem") == proxy.made(key="uploads/a") == [put]
    proxy.forget()
    assert not proxy.made()


def test_keeps_what_the_signature_covers_and_the_length_of_what_it_does_not_send(
    proxy: FaultProxy,
) -> None:
    answer = client(proxy, "s3").head_object(Bucket="bucket", Key="a")
    assert answer["ContentLength"] == len(CONTENT)
    assert answer["Metadata"]["host"] == proxy.endpoint.removeprefix("http://")


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("s3", "get_object", {"Bucket": "bucket", "Key": "a"}),
        ("dynamodb", "describe_table", {"TableName": "t"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}),
        ("sqs", "send_message", {"QueueUrl": "http://q", "MessageBody": "m"}),
    ],
)
def test_errors_are_in_the_format_of_the_service(
    proxy: FaultProxy, service: str, operation: str, parameters: dict[str, str]
) -> None:
    proxy.add("*", actions.error(400, "Odd", '1 < 2 & "so"'))
    with pytest.raises(ClientError) as caught:
        getattr(client(proxy, service), operation)(**parameters)
    answer = caught.value.response
    assert answer["Error"]["Code"] == "Odd"
    assert answer["Error"]["Message"] == '1 < 2 & "so"'
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert not Origin.requests
    assert proxy.made()[0].status == 0


def test_a_rule_is_for_an_operation_a_key_and_a_number_of_times(proxy: FaultProxy) -> None:
    proxy.add("GetObject", actions.error(503, "SlowDown"), times=2, key="b")
    proxy.add("PutItem", actions.error(400, "Never"))
    assert read(proxy, "a") == CONTENT
    assert read(proxy, "b", attempts=3) == CONTENT
    assert [call.status for call in proxy.made(key="b")] == [0, 0, 200]
    proxy.heal()
    put_item(proxy)


@pytest.mark.parametrize(("action", "asked"), [(actions.reset, 0), (actions.reset_afterwards, 1)])
def test_resets_the_connection(proxy: FaultProxy, action: Any, asked: int) -> None:
    proxy.add("*", action)
    with pytest.raises((ConnectionClosedError, ConnectionResetError)):
        put_item(proxy)
    assert Origin.requests == asked


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (actions.end_body(1000), "IncompleteRead"),
        (actions.abort_body(200_000), "reset|broken"),
    ],
)
def test_a_body_ends_early(proxy: FaultProxy, action: Any, words: str) -> None:
    proxy.add("*", action)
    with pytest.raises(ResponseStreamingError, match=words):
        read(proxy)


def test_one_bit_of_a_body_is_turned(proxy: FaultProxy) -> None:
    proxy.add("*", actions.flip_body)
    changed = [(a, b) for a, b in zip(read(proxy), CONTENT) if a != b]
    assert [a ^ b for a, b in changed] == [1]


@pytest.mark.parametrize(("action", "asked"), [(actions.silence, 0), (actions.stall_body(9), 1)])
def test_says_nothing_more_until_the_caller_gives_up(
    proxy: FaultProxy, action: Any, asked: int
) -> None:
    proxy.add("*", action)
    with pytest.raises(ReadTimeoutError):
        client(proxy, "s3", read_timeout=0.1).get_object(Bucket="b", Key="k")["Body"].read()
    assert Origin.requests == asked


def test_a_body_comes_in_pieces(proxy: FaultProxy) -> None:
    proxy.add("*", actions.slow_body(pieces=7, seconds=0.01))
    assert read(proxy) == CONTENT


def test_something_happens_first(proxy: FaultProxy) -> None:
    seen: list[Exchange] = []
    proxy.add("*", actions.after(seen.append))
    assert read(proxy) == CONTENT
    assert seen[0].call.operation == "GetObject"


def test_stopping_does_not_wait_for_a_delayed_call(origin: str) -> None:
    with FaultProxy(origin) as proxy:
        arrived = threading.Event()
        an_hour = actions.delay(3600)

        def wait(exchange: Exchange) -> None:
            arrived.set()
            an_hour(exchange)

        proxy.add("*", wait)
        late = threading.Thread(target=read, args=(proxy,))
        late.start()
        assert arrived.wait(10)
    late.join(10)
    assert not late.is_alive()


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc")
@pytest.mark.parametrize("action", [actions.kill, actions.kill_afterwards])
def test_only_the_proxys_clients_are_killed(proxy: FaultProxy, action: Any) -> None:
    command = [sys.executable, "-c", "print(flush=True); input()"]

    def start(endpoint: str) -> Any:
        variables = {**os.environ, "AWS_ENDPOINT_URL": endpoint}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=variables, stdin=pipe, stdout=pipe)

    proxy.add("*", action)
    with start(proxy.endpoint) as function, start(f"{proxy.endpoint}0") as stranger:
        for process in (function, stranger):
            process.stdout.readline()  # it runs, with its own environment
        with pytest.raises(ConnectionClosedError):
            put_item(proxy)
        assert function.wait(10) == -9
        assert stranger.poll() is None
        stranger.kill()
    assert Origin.requests == (action is actions.kill_afterwards)


def test_a_caller_that_goes_away_harms_nobody(proxy: FaultProxy) -> None:
    connection = http.client.HTTPConnection(proxy.endpoint.removeprefix("http://"))
    connection.request("GET", "/bucket/key")
    connection.close()
    assert read(proxy) == CONTENT
