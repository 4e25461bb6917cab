"""The templates under test, as a deployment tool would read them."""

from typing import Any

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from serverlessapp.template.reading import load

TemplateDict = dict[str, Any]


@pytest.fixture(scope="session")
def retained() -> TemplateDict:
    return load(render(build(Retention.RETAINED)))


@pytest.fixture(scope="session")
def ephemeral() -> TemplateDict:
    return load(render(build(Retention.EPHEMERAL)))


@pytest.fixture(scope="session", params=list(Retention), ids=lambda kind: kind.value)
def template(request: pytest.FixtureRequest) -> TemplateDict:
    return load(render(build(request.param)))
