"""The templates, by name, and the stacks that they can make."""

from pathlib import Path

from generators.application import build
from generators.lanes import load
from generators.render import render
from generators.retention import Retention
from serverlessapp.template.reading import Template, parse
from tests.fixture_lanes import FORK, lane
from tests.generated import generated
from tests.oracles.stacks import NAMES, Possible, limits

ROOT = Path(__file__).resolve().parents[2]
# With every kind of lane: inline and packaged, fed by S3, for several suffixes, and by a rule.
LANES = (lane(folder="receipts/"), *load(FORK))
TEMPLATES = {
    **{name: parse(content) for name, content in generated().items()},
    "lanes": parse(render(build(Retention.EPHEMERAL, LANES))),
}
# The roles know the pipeline's stack by its name, and take no other.
PIPELINE_NAMES = limits(TEMPLATES["update-role"], "PipelineStackName", 0)


def possible(name: str, template: Template | None = None) -> Possible:
    """Return what the stacks of a template can be, also of one that was spoiled."""
    names = PIPELINE_NAMES if name == "pipeline" else NAMES
    return Possible(template or TEMPLATES[name], names)
