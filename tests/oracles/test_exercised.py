"""The list of what no oracle has exercised is fresh."""

import pytest

from tests.oracles.exercised import OPTION, PAGE, page


def test_the_page_is_fresh(request: pytest.FixtureRequest) -> None:
    fresh = page()
    if request.config.getoption(OPTION):
        PAGE.write_text(fresh, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == fresh, f"run: tox run -e oracles -- {OPTION}"
