"""An execution, our own pipeline as the model reads it, and files of a build."""

from pathlib import Path
from typing import Any

import pytest

from local.pipeline.command import form
from local.pipeline.execution import Execution
from local.pipeline.launched import Launched, read
from local.pipeline.names import Place
from serverlessapp.rules.pipelines.variables import OF_EXECUTION
from serverlessapp.template.parameters import values
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Pipeline
from tests.unit.pipeline.rendered import TEMPLATE
from tests.unit.serverlessapp.rules.pipelines.mutations import SOURCE


@pytest.fixture
def execution(tmp_path: Path) -> Execution:
    made = Execution(folder=tmp_path / "execution-0", commit="abc")
    made.variables[OF_EXECUTION] = {"Color": "red"}
    made.variables["Package"] = {"VERSION": "1.2.0"}
    return made


def launched(template: dict[str, Any], home: Place) -> Launched:
    """Return our pipeline, or what a test has made of it, with its form filled in."""
    known = template["Parameters"]
    given = {name: text for name, text in form(home).items() if name in known}
    return read(template, values(template, given), SOURCE, {}, home)


@pytest.fixture(scope="session")
def delivery() -> Delivery:
    return launched(TEMPLATE, Place()).delivery


@pytest.fixture(scope="session")
def pipeline(delivery: Delivery) -> Pipeline:
    return delivery.pipelines[0]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in ("a.txt", "dist/b.txt", "dist/in/c.txt", "dist/in/d.json", ".hidden"):
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "source"
