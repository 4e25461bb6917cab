"""Who acts: each action in its own role, each build in that of its project.

CodePipeline and CodeBuild take the first role as services (``local.enforcement.service_sessions``);
the pipeline's role takes an action's, which trusts it, perhaps in another account.
"""

import threading
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from local.emulator import Emulator, EmulatorSession
from local.pipeline.errors import PipelineError

SESSION = "serverlessapp"


@dataclass
class Identities:
    """Sessions of roles, made once: taking a role takes longer than most calls."""

    emulator: Emulator
    # ARN of the pipeline or project that each of the services' roles is for.
    sources: dict[str, str] = field(default_factory=dict)
    _sessions: dict[tuple[str, ...], EmulatorSession] = field(default_factory=dict)
    _clients: dict[tuple[str, ...], Any] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def session(self, region: str, *roles: str) -> EmulatorSession:
        """Return a session of the last of some roles, which are taken one after the other.

        Raises:
            PipelineError: A role does not exist, does not trust the one before, or that may not.
        """
        with self._lock:
            if roles not in self._sessions:
                *before, role = roles
                try:
                    self._sessions[roles] = (
                        self.session(region, *before).assuming(role, SESSION)
                        if before
                        else self.service(region, role)
                    )
                except ClientError as error:
                    raise PipelineError(error.response["Error"]["Message"]) from error
            return self._sessions[roles].in_region(region)

    def service(self, region: str, role: str) -> EmulatorSession:
        """Return a session of a role that a service takes for one of its resources."""
        source = self.sources[role]
        root = self.emulator.session(region, role.split(":")[4])
        return root.assuming(role, f"{source.split(':')[2]}.amazonaws.com", ExternalId=source)

    def client(self, service: str, region: str, *roles: str) -> Any:
        """Return a client of the last of some roles; see ``session``."""
        with self._lock:
            key = (service, region, *roles)
            if key not in self._clients:
                self._clients[key] = self.session(region, *roles).client(service)
            return self._clients[key]

    def forget(self) -> None:
        """Take roles anew, after they may have been replaced."""
        with self._lock:
            self._sessions.clear()
            self._clients.clear()
