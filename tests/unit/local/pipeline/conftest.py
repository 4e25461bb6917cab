"""An execution, our own pipeline as the model reads it, and files of a build."""

from pathlib import Path

import pytest

from local.pipeline.command import FORM
from local.pipeline.execution import Execution
from local.pipeline.launched import read
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


@pytest.fixture(scope="session")
def delivery() -> Delivery:
    return read(TEMPLATE, values(TEMPLATE, FORM), SOURCE, {}).delivery


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
