"""An AWS that is always well and takes as long as it is told to, in a process of its own.

Its Python must not share an interpreter lock with the handlers, or each would wait for it.
"""

import json
import multiprocessing
import signal
import socket
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from tests.benchmarks.handler.answers import answer, item_bytes


class AwsCall(NamedTuple):
    """An operation, and the bytes of the item that it wrote to DynamoDB."""

    operation: str
    item_bytes: int


class Stub:
    """The server; use it as a context manager.

    Attributes:
        endpoint: URL to use in place of AWS's.
        delay_ms: How much longer each call takes; ``.value`` may be set at any time.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._calls = context.SimpleQueue()
        self.delay_ms = context.Value("d", 0)
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._process = context.Process(
            target=serve, args=(self._listener, self.delay_ms, self._calls), daemon=True
        )

    def __enter__(self) -> "Stub":
        self._process.start()
        self._listener.close()  # here; what connects from now on waits for the process
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()
        self._calls.close()

    def calls(self) -> list[AwsCall]:
        """Return the calls since this was last asked; each is there before its caller goes on."""
        made = []
        while not self._calls.empty():
            made.append(self._calls.get())
        return made


class Requests(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # header and body leave together
    delay_ms: Any
    calls: Any

    def handle_request(self) -> None:
        """Count and answer one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answered = answer(self.command, dict(self.headers.items()))
        if answered is None:
            return self.respond(404, {}, b"")
        operation, headers, content = answered
        written = json.loads(body)["Item"] if operation == "PutItem" else {}
        self.calls.put(AwsCall(operation, item_bytes(written)))
        time.sleep(self.delay_ms.value / 1000)
        return self.respond(200, headers, content)

    do_GET = do_HEAD = do_POST = handle_request  # noqa: N815

    def respond(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send a response; one to HEAD has the length of a body, but none."""
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


def serve(listener: socket.socket, delay_ms: Any, calls: Any) -> None:
    """Serve until whoever started this ends; Ctrl-C is for them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Requests.delay_ms, Requests.calls = delay_ms, calls
    server = ThreadingHTTPServer(listener.getsockname(), Requests, bind_and_activate=False)
    server.socket = listener
    threading.Thread(target=server.serve_forever, daemon=True).start()
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
