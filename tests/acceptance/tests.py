"""The tests in ``.taskcat.yml``, as far as we need them before and after taskcat's run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.acceptance.staging import CONFIG


class ConfigError(Exception):
    """``.taskcat.yml`` cannot be used; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Test:
    """One test: a template and parameters, made in each Region."""

    __test__ = False  # pytest: not one of yours

    name: str
    template: Path
    regions: tuple[str, ...]
    parameters: Mapping[str, str]


def read(project: Path) -> list[Test]:
    """Return the tests of a project.

    Raises:
        ConfigError: There is no configuration, or it is not complete.
    """
    path = project / CONFIG
    try:
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        common = config["project"]
        return [
            Test(
                name=name,
                template=project / (test or {}).get("template", common.get("template")),
                regions=tuple((test or {}).get("regions", common["regions"])),
                parameters={**common.get("parameters", {}), **(test or {}).get("parameters", {})},
            )
            for name, test in config["tests"].items()
        ]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path} cannot be used: {type(error).__name__}: {error}") from error
