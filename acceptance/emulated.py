"""The tests on an emulator of their own, which enforces access control."""

import secrets
from collections.abc import Callable
from pathlib import Path

from acceptance import runner
from acceptance.staging import Staged
from local.emulator import Emulator
from local.enforcement.principals import administrator

POLL_SECONDS = 0.5


def run(staged: Staged, *, program: Path, results: Path, show: Callable[[str], None]) -> int:
    """Run taskcat on an emulator and return the exit code.

    Raises:
        EmulatorError: It does not start.
        TaskcatError: taskcat is not installed.
    """
    with Emulator(enforce_iam=True) as emulator:
        user = administrator(emulator.session("us-east-1"))
        return runner.run(
            staged,
            program=program,
            bucket=f"tcat-serverlessapp-{secrets.token_hex(4)}",
            results=results,
            variables=user.environment | {"ACCEPTANCE_POLL_SECONDS": str(POLL_SECONDS)},
            show=show,
        )
