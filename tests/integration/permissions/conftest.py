"""One stack on an enforcing emulator, whose policies the tests change and put back."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from generators.retention import Retention
from local.emulator import Emulator
from local.enforcement.principals import administrator

from .evidence import Evidence, collect
from .page import EVIDENCE, OPTION, Permissions
from .paths import first_file
from .world import World

NAME = "proof"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="write docs/permissions.md anew")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Permissions(config))


@pytest.fixture(scope="session")
def enforcing() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="session")
def world(enforcing: Emulator, template: Callable[[Retention], str]) -> Iterator[World]:
    """Deploy the stack with everything it can grant: a key of its own, and the emptier."""
    deployed = World(administrator(enforcing.session()), NAME, {}, enforcing)
    deployed.update(template(Retention.EPHEMERAL), Encryption="CustomerManaged")
    deployed.retry_soon()
    assert not deployed.heard()
    first_file(deployed)  # so that each path starts the function, or does not, as it says
    deployed.settle()
    yield deployed
    with contextlib.suppress(Exception):
        deployed.delete()


@pytest.fixture(scope="session")
def evidence(world: World, request: pytest.FixtureRequest) -> Evidence:
    """Walk every path once."""
    request.config.stash[EVIDENCE] = collect(world)
    return request.config.stash[EVIDENCE]


@pytest.fixture(scope="session")
def keyless(enforcing: Emulator, template: Callable[[Retention], str]) -> World:
    """Deploy a stack without a key of its own."""
    deployed = World(administrator(enforcing.session(), "other"), "keyless", {}, enforcing)
    deployed.update(template(Retention.EPHEMERAL), EnvironmentSuffix="keyless")
    return deployed


@pytest.fixture(scope="session")
def abandoned(enforcing: Emulator, template: Callable[[Retention], str]) -> World:
    """Deploy a stack whose upload bucket somebody deleted by hand, so that its name is free."""
    deployed = World(administrator(enforcing.session(), "careless"), "abandoned", {}, enforcing)
    deployed.update(template(Retention.EPHEMERAL), EnvironmentSuffix="abandoned")
    deployed.retry_soon()
    deployed.settle()
    deployed.root.client("s3").delete_bucket(Bucket=deployed.physical("UploadBucket"))
    return deployed
