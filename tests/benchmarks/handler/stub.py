"""An AWS that is always well and takes as long as it is told to, in a process of its own.

    python -m tests.benchmarks.handler.stub

It prints its port and ends when its input does, so also when whoever started it is killed.
"""

import json
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.benchmarks.handler.answers import answer
from tests.benchmarks.handler.items import item_bytes, write_units

DELAY = "/_stub/delay"  # PUT: milliseconds before each answer
COUNTS = "/_stub/counts"  # GET: what was called so far


class Stub(ThreadingHTTPServer):
    """The server, with what its requests share."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.delay_seconds = 0.0
        self.calls: Counter[str] = Counter()
        self.write_units = self.item_bytes = 0
        self.lock = threading.Lock()

    def count(self, operation: str, body: bytes) -> None:
        """Count a call."""
        size = item_bytes(json.loads(body)["Item"]) if operation == "PutItem" else 0
        with self.lock:
            self.calls[operation] += 1
            self.write_units += write_units(size)
            self.item_bytes += size

    def counts(self) -> bytes:
        """Return what was counted, as JSON."""
        with self.lock:
            written = {"write_units": self.write_units, "item_bytes": self.item_bytes}
            return json.dumps({"calls": self.calls, **written}).encode()


class Requests(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: Stub
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # header and body leave together

    def handle_request(self) -> None:
        """Answer one request, to AWS or about the server itself."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == DELAY:
            self.server.delay_seconds = float(body) / 1000
            self.respond(200, {}, b"")
        elif self.path == COUNTS:
            self.respond(200, {}, self.server.counts())
        elif found := answer(self.command, dict(self.headers.items())):
            self.server.count(found.operation, body)
            time.sleep(self.server.delay_seconds)
            self.respond(200, found.headers, found.body)
        else:
            self.respond(404, {}, b"")

    do_GET = do_HEAD = do_POST = do_PUT = handle_request  # noqa: N815

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


def main() -> None:
    """Serve until the input ends; Ctrl-C is for the benchmark, which then ends the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Stub() as server:
        # The short interval is how long stopping takes.
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        print(server.server_port, flush=True)
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
