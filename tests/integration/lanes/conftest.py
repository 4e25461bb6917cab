"""A stack whose lanes come and go, where IAM is enforced, deleted whatever happens."""

import contextlib
from collections.abc import Iterator

import boto3
import pytest

from local.emulator import Emulator

from .stage import Stage, remove_code, store_code


@pytest.fixture(scope="module")
def emulator(enforcing: Emulator) -> Emulator:
    """Return one that checks who may send to a queue: only there can a change lose files."""
    return enforcing


@pytest.fixture
def stage(session: boto3.Session, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Return a stack that is still to be made; its code is there."""
    store_code(session)
    made = Stage(session, f"lanes-{abs(hash(request.node.nodeid)) % 10**8}", {})
    yield made
    with contextlib.suppress(Exception):
        made.delete()
    remove_code(session)
