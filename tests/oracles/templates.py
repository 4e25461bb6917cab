"""The committed templates, by name, and the stacks that they can make."""

from pathlib import Path

from serverlessapp.template.reading import Template, parse
from tests.oracles.stacks import NAMES, Possible, limits

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = {
    path.stem: parse(path.read_bytes()) for path in sorted((ROOT / "templates").glob("*.yaml"))
}
# The roles know the pipeline's stack by its name, and take no other.
PIPELINE_NAMES = limits(TEMPLATES["update-role"], "PipelineStackName", 0)


def possible(name: str, template: Template | None = None) -> Possible:
    """Return what the stacks of a template can be, also of one that was spoiled."""
    names = PIPELINE_NAMES if name == "pipeline" else NAMES
    return Possible(template or TEMPLATES[name], names)
