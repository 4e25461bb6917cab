"""An enforcing emulator with the roles in it, and what each phase of a stack's life uses."""

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from local.emulator import Emulator, EmulatorSession
from local.enforcement.decisions import Decision
from local.enforcement.principals import administrator

from . import roles, stage
from .roles import Role
from .stage import Stage, Template

Used = dict[str, list[Decision]]


@pytest.fixture(scope="package")
def emulator() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="package")
def session(emulator: Emulator) -> EmulatorSession:
    """Return a person who may do everything, with a package of code in a bucket."""
    person = administrator(emulator.session())
    stage.package(person)
    return person


@pytest.fixture(scope="package")
def launched(session: EmulatorSession) -> Callable[[str], Role]:
    """Return what launches the stack of a role, once."""
    return cache(lambda name: roles.ROLES[name](session))


@pytest.fixture(scope="package")
def role(launched: Callable[[str], Role], request: pytest.FixtureRequest) -> Role:
    """Return a role; which one, the test says."""
    return launched(request.param)


@pytest.fixture(scope="package")
def home(role: Role) -> Stage:
    return role.home


@pytest.fixture(scope="package")
def policies(role: Role) -> dict[str, Template]:
    return role.policies


@pytest.fixture(scope="package")
def lived(emulator: Emulator) -> Callable[[Role], Used]:
    """Return what takes the stacks of a role through all phases, once."""
    return cache(lambda role: roles.lived(role, emulator.decisions))


@pytest.fixture(scope="package")
def used(role: Role, lived: Callable[[Role], Used]) -> Used:
    """Return what CloudFormation did with the role in each phase of a stack's life."""
    return lived(role)
