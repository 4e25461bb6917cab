"""One stack behind the fault proxy for the whole matrix, and the table it ends in."""

import contextlib
import itertools
from collections.abc import Callable, Iterator

import pytest

from generators.retention import Retention
from local.emulator import Emulator
from local.faults.proxy import FaultProxy

from .matrix import OPTION, Matrix
from .stack import Stack
from .trial import REDELIVERY, Trial


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="write docs/reliability.md anew")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Matrix(config))


@pytest.fixture(scope="session")
def stack(emulator: Emulator, template: Callable[[Retention], str]) -> Iterator[Stack]:
    """Deploy a stack whose function reaches AWS through a proxy only."""
    with FaultProxy(emulator.endpoint) as proxy:
        deployed = Stack(emulator.session(), "faults", {}, proxy)
        deployed.update(template(Retention.EPHEMERAL), FunctionTimeout="10")
        deployed.wait_until_idle()  # S3 sent a test event, which a restart would hold up
        # Patient with an emulator on a busy machine; test_silence.py is not.
        deployed.configure(AWS_ENDPOINT_URL=proxy.endpoint, FUNCTION_TIMEOUT="60")
        # Starting it can take longer than the seconds after which a trial delivers again.
        deployed.wait_for_receipt("first", deployed.upload("first", b""))
        yield deployed
        with contextlib.suppress(Exception):
            deployed.delete()


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def trial(stack: Stack, numbers: Iterator[int]) -> Iterator[Trial]:
    """Return a trial with files of its own; at the end, each has to be accounted for."""
    stack.proxy.heal()
    stack.proxy.forget()
    stack.retry_after(REDELIVERY)
    new = Trial(stack, f"{next(numbers)}/")
    yield new
    try:
        new.account_for_everything()
    finally:
        stack.empty_dead_letter_queue()
