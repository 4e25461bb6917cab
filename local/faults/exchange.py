"""One request on its way through the fault proxy: read, forwarded, answered or dropped."""

import socket
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, TypeAlias

from local.faults.calls import ProxiedCall, parse

if TYPE_CHECKING:
    from local.faults.proxy import FaultProxy

ANSWER_SECONDS = 30.0  # longer than any function of a test runs
# Said anew on each connection, or by this module itself (RFC 9110, section 7.6.1).
OWN_HEADERS = ("connection", "keep-alive", "transfer-encoding", "content-length", "expect")


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A response. ``length`` is what Content-Length says, whatever the body holds."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    length: int


class Exchange(BaseHTTPRequestHandler):
    """A request with a connection of its own; without an answer, that just closes."""

    server: "FaultProxy"
    call: ProxiedCall  # which operation it is
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
        self.content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.call = parse(self.command, self.path, headers, self.content)
        try:
            self.server.decide(self.call)(self)
        finally:
            self.call.over = True

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_any  # noqa: N815

    def forward(self) -> Reply:
        """Ask the emulator; nothing reaches the caller yet.

        ``Host`` stays as it is: the signature covers it.
        """
        connection = HTTPConnection(self.server.upstream, timeout=ANSWER_SECONDS)
        try:
            headers = without_own(self.headers.items())
            connection.request(self.command, self.path, self.content, headers)
            response = connection.getresponse()
            self.call.status, content = response.status, response.read()
            return Reply(
                status=response.status,
                headers=tuple(without_own(response.getheaders()).items()),
                body=content,
                length=int(response.getheader("Content-Length") or len(content)),
            )
        finally:
            connection.close()

    def answer(self, reply: Reply) -> None:
        """Send a reply to the caller, in one piece."""
        self.call.over = True  # before the caller knows
        self.send_response_only(reply.status)
        for name, value in reply.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(reply.length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(reply.body)

    def drop(self) -> None:
        """Close with no time to linger: the kernel then sends a reset (TCP RST)."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing; the proxy records calls."""


Action: TypeAlias = Callable[[Exchange], None]


def without_own(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the headers that a proxy passes on."""
    return {name: value for name, value in headers if name.lower() not in OWN_HEADERS}
