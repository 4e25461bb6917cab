"""One stack on an enforcing emulator, whose policies the tests change and put back."""

import contextlib
from collections.abc import Iterator

import pytest

from local import packages
from local.emulator import Emulator
from local.enforcement.principals import administrator

from .evidence import Evidence, collect
from .page import EVIDENCE, OPTION, Permissions
from .proof import HOUSE, Proof
from .world import World

NAME = "proof"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="write docs/permissions.md anew")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Permissions(config))


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


def deployed(
    emulator: Emulator, proof: Proof, code: dict[str, str], user: str, name: str, **given: str
) -> World:
    """Deploy a stack, of whose failures none takes long to be parked."""
    session = administrator(emulator.session(), user)
    world = World(session, name, {}, emulator, proof.lanes)
    world.update(proof.template, **given, **code)
    world.retry_soon()
    return world


@pytest.fixture(scope="session")
def code(emulator: Emulator) -> dict[str, str]:
    """Package the house's processors for this machine; their dependencies come from an index."""
    return packages.store(emulator.session(), [lane.processor for lane in HOUSE.lanes])


@pytest.fixture(scope="session")
def world(emulator: Emulator, code: dict[str, str]) -> Iterator[World]:
    """Deploy the stack with everything it can grant: a key of its own, and the emptier."""
    made = deployed(emulator, HOUSE, code, "administrator", NAME, Encryption="CustomerManaged")
    assert not made.heard()
    made.settle()
    yield made
    with contextlib.suppress(Exception):
        made.delete()


@pytest.fixture(scope="session")
def evidence(world: World, request: pytest.FixtureRequest) -> Evidence:
    """Walk every path once."""
    request.config.stash[EVIDENCE] = collect(world, HOUSE, HOUSE.paths.values())
    return request.config.stash[EVIDENCE]


@pytest.fixture(scope="session")
def keyless(emulator: Emulator, code: dict[str, str]) -> World:
    """Deploy a stack without a key of its own."""
    return deployed(emulator, HOUSE, code, "other", "keyless", EnvironmentSuffix="keyless")


@pytest.fixture(scope="session")
def abandoned(emulator: Emulator, code: dict[str, str]) -> World:
    """Deploy a stack whose upload bucket somebody deleted by hand, so that its name is free."""
    made = deployed(emulator, HOUSE, code, "careless", "abandoned", EnvironmentSuffix="abandoned")
    made.settle()
    made.root.client("s3").delete_bucket(Bucket=made.physical("UploadBucket"))
    return made
