"""An enforcing emulator with three accounts, and the application in one of them."""

from collections.abc import Iterator

import pytest

from local import stacks
from local.emulator import Emulator
from pipeline import names

from . import world
from .world import World


@pytest.fixture(scope="package")
def emulator() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="package")
def launched(emulator: Emulator) -> World:
    """Return the accounts, with roles and without the application."""
    return world.launch(emulator.session())


@pytest.fixture(scope="package")
def deployed(launched: World) -> World:
    """Return them with the application in production, delivered by the pipeline."""
    deliver = launched.taken(names.DELIVER)
    planned = world.plan(deliver, "deploy")
    assert planned
    for _ in stacks.execute(deliver.client("cloudformation"), planned):
        pass
    return launched
