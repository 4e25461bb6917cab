"""What can happen to a call to AWS: the actions of the fault proxy's rules."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from local.faults import calls
from local.faults.exchange import Action, Exchange, Reply


def forward(exchange: Exchange) -> None:
    """Let the call through."""
    exchange.answer(exchange.forward())


def error(status: int, code: str, message: str = "injected by the test") -> Action:
    """Answer with an AWS error, in the service's own format, without asking AWS."""

    def act(exchange: Exchange) -> None:
        kind, body = calls.error_body(exchange.call.service, code, message)
        headers = (("Content-Type", kind),)
        exchange.answer(Reply(status=status, headers=headers, body=body, length=len(body)))

    return act


def delay(seconds: float) -> Action:
    """Let the call through, but late."""
    return after(lambda exchange: exchange.server.closing.wait(seconds))


def after(step: Callable[[Exchange], object]) -> Action:
    """Do something first, then let the call through."""

    def act(exchange: Exchange) -> None:
        step(exchange)
        forward(exchange)

    return act


def reset(exchange: Exchange) -> None:
    """Reset the connection before AWS is asked."""
    exchange.drop()


def reset_afterwards(exchange: Exchange) -> None:
    """Let AWS do what it is asked, and reset the connection instead of an answer."""
    exchange.forward()
    exchange.drop()


def end_body(kept: int) -> Action:
    """Close the connection in order after so many bytes of the body."""

    def act(exchange: Exchange) -> None:
        reply = exchange.forward()
        exchange.answer(replace(reply, body=reply.body[:kept]))

    return act


def abort_body(kept: int) -> Action:
    """Reset the connection after so many bytes of the body."""

    def act(exchange: Exchange) -> None:
        end_body(kept)(exchange)
        exchange.drop()

    return act


def flip_body(exchange: Exchange) -> None:
    """Turn one bit in the middle of the body; length and headers stay."""
    reply = exchange.forward()
    body = bytearray(reply.body)
    body[len(body) // 2] ^= 1
    exchange.answer(replace(reply, body=bytes(body)))


def silence(exchange: Exchange) -> None:
    """Accept the request and say nothing, until the caller gives up."""
    exchange.connection.recv(1)


def stall_body(kept: int) -> Action:
    """Say nothing more after so many bytes of the body, until the caller gives up."""

    def act(exchange: Exchange) -> None:
        end_body(kept)(exchange)
        silence(exchange)

    return act


def slow_body(pieces: int, seconds: float) -> Action:
    """Send the body in so many pieces, and wait before each."""

    def act(exchange: Exchange) -> None:
        reply = exchange.forward()
        exchange.answer(replace(reply, body=b""))
        size = -(-len(reply.body) // pieces)
        for start in range(0, len(reply.body), size):
            exchange.server.closing.wait(seconds)
            exchange.wfile.write(reply.body[start : start + size])

    return act


def kill(exchange: Exchange) -> None:
    """Kill the function before AWS is asked."""
    signal_clients(exchange.server.endpoint, signal.SIGKILL)


def kill_afterwards(exchange: Exchange) -> None:
    """Let AWS do what it is asked, and kill the function before it learns so."""
    exchange.forward()
    kill(exchange)


def freeze(exchange: Exchange) -> None:
    """Stop the function where it is, as a hang that no time-out of its own ends."""
    signal_clients(exchange.server.endpoint, signal.SIGSTOP)


def signal_clients(endpoint: str, number: signal.Signals) -> None:
    """Signal every process started with ``AWS_ENDPOINT_URL`` set to this proxy (Linux only).

    These are the function's execution environments, and nothing else.
    """
    mark = f"AWS_ENDPOINT_URL={endpoint}".encode()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        # Gone by now, or somebody else's.
        with suppress(OSError):
            if mark in environ.read_bytes().split(b"\0"):
                os.kill(int(environ.parent.name), number)
