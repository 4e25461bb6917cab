"""One stack on an enforcing emulator, whose policies the tests change and put back."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from generators.retention import Retention
from local.emulator import Emulator
from local.enforcement.principals import administrator

from .evidence import Evidence, collect
from .world import World

NAME = "proof"
RETRY_SECONDS = 1  # longer than an attempt takes, short enough to wait for


@pytest.fixture(scope="session")
def enforcing() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="session")
def world(enforcing: Emulator, template: Callable[[Retention], str]) -> Iterator[World]:
    """Deploy the stack with everything it can grant: a key of its own, and the emptier."""
    deployed = World(administrator(enforcing.session()), NAME, {}, enforcing)
    deployed.update(template(Retention.EPHEMERAL), Encryption="CustomerManaged")
    deployed.client("sqs").set_queue_attributes(
        QueueUrl=deployed.outputs["IngestQueueUrl"],
        Attributes={"VisibilityTimeout": str(RETRY_SECONDS)},
    )
    assert not deployed.heard()
    deployed.settle()
    yield deployed
    with contextlib.suppress(Exception):
        deployed.delete()


@pytest.fixture(scope="session")
def evidence(world: World) -> Evidence:
    """Walk every path once."""
    return collect(world)
