"""Plain HTTP on this machine stands for TLS, unless the request says otherwise.

The stack's policies refuse plain HTTP (``aws:SecureTransport``). ministack could speak TLS, but
each client and each function would need its certificate. It can also stand behind a proxy that ends
TLS, and believes the header ``X-Forwarded-Proto``. So: a request without the header counts
as one that came through such a proxy, and ``X-Forwarded-Proto: http`` as plain HTTP.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

from local.replacements import replaces

HEADER = b"x-forwarded-proto"

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


@replaces("app", "app")
def behind_tls(application: Application) -> Application:
    """Return ministack's ASGI application behind a proxy that ends TLS."""

    async def forwarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "http" and all(name != HEADER for name, _ in scope["headers"]):
            scope = {**scope, "headers": [*scope["headers"], (HEADER, b"https")]}
        await application(scope, receive, send)

    return forwarded


@replaces("core.iam_evaluator", "_request_origin")
def origin_of_services(_: ContextVar[tuple[str, bool]]) -> ContextVar[tuple[str, bool]]:
    """Return where calls come from that no request caused: a service, over TLS."""
    return ContextVar("origin", default=("127.0.0.1", True))
