"""The product's templates as tests of the product judge them: made for fixture lanes, not read.

What is committed in ``templates/`` is made for the processors of whoever has the repository.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from generators import command
from generators.lanes import load
from pipeline.templates import templates
from tests.fixture_lanes import LANES


@cache
def generated(processors: Path = LANES) -> Mapping[str, bytes]:
    """Return the content of every template by its name without ``.yaml``."""
    lanes = load(processors)
    files = {**command.templates(lanes), **templates(lanes)}
    return {name.removesuffix(".yaml"): content for name, content in sorted(files.items())}


def checkout(folder: Path) -> Path:
    """Make a folder that stands for a checkout with these templates, and return it."""
    (folder / "templates").mkdir(parents=True)
    for name, content in generated().items():
        (folder / "templates" / f"{name}.yaml").write_bytes(content)
    return folder
