"""The generated pipeline, read back: what its pictures and tables are made of."""

from functools import cache
from pathlib import Path

from pipeline.definition import build
from pipeline.delivery import load
from pipeline.home_regions import HOME_REGIONS
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.pipeline.delivery import REGION, Delivery, read
from serverlessapp.template.pipeline.elements import Stage
from serverlessapp.template.reading import Template

ROOT = Path(__file__).resolve().parent.parent


@cache
def outline() -> Delivery:
    """Return the pipeline that the repository has."""
    template = build().to_dict()
    parameters = template["Parameters"].items()
    form = {name: entry["Default"] for name, entry in parameters if "Default" in entry}
    given = {**form, REGION: load().region or HOME_REGIONS[-1]}
    return read(Evaluation(template=Template(content=template), given=given), ROOT)


def stages(delivery: Delivery) -> tuple[Stage, ...]:
    (pipeline,) = delivery.pipelines
    return pipeline.stages


def order(stage: Stage) -> str:
    """Return a stage's actions in their order; ``+`` joins those that run at the same time."""
    return " → ".join(" + ".join(action.name for action in step) for step in stage.steps())
