"""The account that stacks are made in, as somebody who may do exactly that."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config

# Deleting many things at once is throttled on AWS.
CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 8})


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account and the role we act in.

    Attributes:
        session: Returns a session for a Region.
        variables: Environment variables that make another process act in the same role.
        seconds: How long AWS may take to show that something is gone.
    """

    session: Callable[[str], boto3.Session]
    variables: Mapping[str, str] = field(repr=False)
    seconds: float
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def client(self, service: str, region: str) -> Any:
        """Return the client of a service in a Region; any thread may use it."""
        with self._lock:
            if (service, region) not in self._clients:
                session: Any = self.session(region)
                self._clients[service, region] = session.client(service, config=CONFIG)
            return self._clients[service, region]
