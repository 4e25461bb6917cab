"""One request on its way through the fault proxy: read, forwarded, answered or dropped."""

import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

from local.faults import calls
from local.faults.calls import Call

ANSWER_SECONDS = 30.0  # longer than any function of a test runs
# Said anew on each connection, or by this module itself (RFC 9110, section 7.6.1).
OWN_HEADERS = ("connection", "keep-alive", "transfer-encoding", "content-length", "expect")

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A response. ``length`` is what Content-Length says, whatever the body holds."""

    status: int
    headers: Headers
    body: bytes
    length: int


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """What an action can do with one request.

    Attributes:
        call: Which operation it is.
        forward: Asks the emulator and returns its reply; nothing reaches the caller yet.
        answer: Sends a reply to the caller. Without one, the connection just closes.
        drop: Makes the connection close with a reset (TCP RST).
        closing: Set when the proxy stops; whoever waits has to give up then.
        endpoint: The proxy's own URL, which stands in the environment of its callers.
    """

    call: Call
    forward: Callable[[], Reply]
    answer: Callable[[Reply], None]
    drop: Callable[[], None]
    closing: threading.Event
    endpoint: str


Action = Callable[[Exchange], None]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a handler has to know of its proxy; ``decide`` records a call and rules on it."""

    upstream: str
    endpoint: str
    closing: threading.Event
    decide: Callable[[Call], Action]


class Handler(BaseHTTPRequestHandler):
    """Handles one request per connection; subclassed with the settings of a proxy."""

    settings: ClassVar[Settings]
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """Handle a request; a caller that is gone by then is no error."""
        self.close_connection = True
        try:
            super().handle_one_request()
        except (ConnectionError, HTTPException):
            self.drop()
        self.close_connection = True

    def do_any(self) -> None:
        """Let the action of the matching rule deal with the request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = calls.parse(self.command, self.path, headers, body)

        def answer(reply: Reply) -> None:
            call.over = True  # before the caller knows
            self.answer(reply)

        exchange = Exchange(
            call=call,
            forward=lambda: self.forward(call, body),
            answer=answer,
            drop=self.drop,
            closing=self.settings.closing,
            endpoint=self.settings.endpoint,
        )
        try:
            self.settings.decide(call)(exchange)
        finally:
            call.over = True

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_any  # noqa: N815

    def forward(self, call: Call, body: bytes) -> Reply:
        """Ask the emulator. ``Host`` stays as it is: the signature covers it."""
        connection = HTTPConnection(self.settings.upstream, timeout=ANSWER_SECONDS)
        try:
            connection.request(self.command, self.path, body, without_own(self.headers.items()))
            response = connection.getresponse()
            call.status, content = response.status, response.read()
            return Reply(
                status=response.status,
                headers=tuple(without_own(response.getheaders()).items()),
                body=content,
                length=int(response.getheader("Content-Length") or len(content)),
            )
        finally:
            connection.close()

    def answer(self, reply: Reply) -> None:
        """Send a reply in one piece."""
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(reply.length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)

    def drop(self) -> None:
        """Linger for no time at all when closing: the kernel then sends a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing; the proxy records calls."""


def without_own(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers that a proxy passes on."""
    return {name: value for name, value in headers if name.lower() not in OWN_HEADERS}
