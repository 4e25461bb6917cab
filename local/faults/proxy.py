"""A proxy between a function and the emulator that lets AWS fail on purpose.

A rule says for which calls an action replaces the plain forwarding; the actions are in
``local.faults.actions``. Every call is recorded, so a test can also say what was asked:

    with FaultProxy(emulator.endpoint) as proxy:  # and AWS_ENDPOINT_URL=proxy.endpoint
        proxy.add("GetObject", actions.error(503, "SlowDown"), times=1)
        ...
        assert [call.status for call in proxy.made("GetObject")] == [0, 200]

Bodies are held in memory and connections are not kept alive: it is made for small files.
"""

import threading
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from local.emulator import HOST
from local.faults import actions
from local.faults.calls import ProxiedCall
from local.faults.exchange import Action, Exchange


@dataclass(kw_only=True)
class FaultRule:
    """Which calls get an action. ``left`` is how many still do; None is no limit."""

    operation: str
    action: Action
    left: int | None
    key: str

    def takes(self, call: ProxiedCall) -> bool:
        """Whether the call is meant; ``*`` means every operation, no key every key."""
        meant = self.operation in ("*", call.operation) and self.key in ("", call.key)
        return meant and self.left != 0


class FaultProxy(ThreadingHTTPServer):
    """An HTTP proxy on a free port of 127.0.0.1; use it as a context manager.

    Args:
        upstream: URL of the emulator.

    Attributes:
        closing: Set when the proxy stops; whoever waits has to give up then.
        endpoint: URL to use in place of the emulator's.
    """

    daemon_threads = True

    def __init__(self, upstream: str) -> None:
        super().__init__((HOST, 0), Exchange)
        self.upstream = urlsplit(upstream).netloc
        self.closing = threading.Event()
        self.endpoint = f"http://{HOST}:{self.server_port}"
        self._lock = threading.Lock()
        self._rules: list[FaultRule] = []
        self._calls: list[ProxiedCall] = []
        # The short interval is how long stopping takes.
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self.shutdown()
        self._thread.join()
        self.server_close()

    def add(
        self, operation: str, action: Action, *, times: int | None = None, key: str = ""
    ) -> None:
        """Give the next calls, or all, of an operation an action, or those about one S3 key.

        The oldest rule that fits wins; ``*`` is every operation.
        """
        with self._lock:
            self._rules.append(FaultRule(operation=operation, action=action, left=times, key=key))

    def heal(self) -> None:
        """Remove all rules; what was recorded stays."""
        with self._lock:
            self._rules.clear()

    def made(self, operation: str = "", key: str = "") -> list[ProxiedCall]:
        """Return the calls that are over, oldest first, all or those of an operation or a key."""
        with self._lock:
            calls = [call for call in self._calls if call.over]
        return [c for c in calls if operation in ("", c.operation) and key in ("", c.key)]

    def forget(self) -> None:
        """Start a new record."""
        with self._lock:
            self._calls.clear()

    def decide(self, call: ProxiedCall) -> Action:
        """Record a call and return what is to be done with it."""
        with self._lock:
            self._calls.append(call)
            rule = next((rule for rule in self._rules if rule.takes(call)), None)
            if rule is None:
                return actions.forward
            if rule.left is not None:
                rule.left -= 1
            return rule.action
