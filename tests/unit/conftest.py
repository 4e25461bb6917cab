"""The templates under test, as a deployment tool would read them."""

import json
from typing import Any

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention

TemplateDict = dict[str, Any]


@pytest.fixture(scope="session")
def retained() -> TemplateDict:
    return json.loads(render(build(Retention.RETAINED)))  # type: ignore[no-any-return]


@pytest.fixture(scope="session")
def ephemeral() -> TemplateDict:
    return json.loads(render(build(Retention.EPHEMERAL)))  # type: ignore[no-any-return]


@pytest.fixture(scope="session", params=list(Retention), ids=lambda kind: kind.value)
def template(request: pytest.FixtureRequest) -> TemplateDict:
    return json.loads(render(build(request.param)))  # type: ignore[no-any-return]
