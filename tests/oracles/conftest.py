"""The option that writes what no oracle has exercised."""

import pytest

from tests.oracles.exercised import OPTION


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(OPTION, action="store_true", help="write the list in docs/oracles.md anew")
