"""What taskcat is to make: ``.taskcat.yml`` as taskcat 0.9.58 reads it.

``test_configuration.py`` compares the two. Source: taskcat's ``_dataclasses.py``, ``BaseConfig``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from serverlessapp.errors import OperatorError

CONFIG = ".taskcat.yml"
OVERRIDES = ".taskcat_overrides.yml"
# A run gives taskcat these, because it finds stacks and buckets by the names they lead to.
NEEDED = {"shorten_stack_name": True, "s3_regional_buckets": True}
# What a run can keep to. Other settings name stacks and buckets otherwise, or act as somebody else;
# "prehooks" would take the place of our own.
EVERYWHERE = {"parameters", "posthooks", "regions", "tags"}
SETTINGS = {
    "general": EVERYWHERE,
    "project": EVERYWHERE
    | {"name", "owner", "package_lambda", "s3_object_acl", "template", *NEEDED},
    "tests": EVERYWHERE | {"template"},
}
MERGED = ("parameters", "tags")

Settings = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class TaskcatTest:
    """One test: a template and parameters, made in each Region."""

    name: str
    template: Path
    regions: tuple[str, ...]
    parameters: Mapping[str, str]


def read(project: Path) -> list[TaskcatTest]:
    """Return the tests of a project.

    Raises:
        OperatorError: Its ``.taskcat.yml`` cannot be used, or asks for what a run cannot do.
    """
    path = project / CONFIG
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        if (project / OVERRIDES).exists():
            raise ValueError(f"parameters in {OVERRIDES} are not read: write them into {CONFIG}")
        return declared(project, content)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise OperatorError(f"{path} cannot be used: {error}") from error


def declared(project: Path, content: Any) -> list[TaskcatTest]:
    """Return the tests in a configuration.

    Raises:
        ValueError: It makes no sense, or asks for what a run cannot do; says why.
    """
    if unknown := sorted(map(str, mapping(content, "the file").keys() - SETTINGS.keys())):
        raise ValueError(f"there is no section {unknown[0]}: write {', '.join(SETTINGS)}")
    general = section(content.get("general", {}), "general", "general")
    common = inherited(general, section(content.get("project", {}), "project", "project"))
    for name, value in NEEDED.items():
        if common.get(name, value) is not value:
            raise ValueError(f"project has {name}: {common[name]}, and a run needs {value}")
    return [
        completed(project, name, inherited(common, section(written, f"test {name}", "tests")))
        for name, written in mapping(content.get("tests", {}), "tests").items()
    ]


def completed(project: Path, name: str, settings: Settings) -> TaskcatTest:
    """Return a test, whose settings are complete."""
    for missing in sorted({"regions", "template"} - settings.keys()):
        raise ValueError(f"test {name} has no {missing}, and neither has the project")
    relative = Path(settings["template"])
    template = project / relative
    if relative.is_absolute() or ".." in relative.parts or not template.is_file():
        raise ValueError(f"test {name}: there is no template {relative} below the project")
    return TaskcatTest(
        name=name,
        template=template,
        regions=tuple(settings["regions"]),
        parameters={key: str(value) for key, value in settings.get("parameters", {}).items()},
    )


def inherited(outer: Settings, inner: Settings) -> Settings:
    """Return the settings of a project or test, with what it has from around it.

    The inner one's setting counts. But in ``parameters`` and ``tags``, which are merged, the outer
    one's entries do.
    """
    merged = {name: {**inner.get(name, {}), **outer.get(name, {})} for name in MERGED}
    return {**outer, **inner, **merged}


def section(written: Any, words: str, kind: str) -> Settings:
    """Return a section that has only what a run can keep to, in the types that taskcat takes."""
    settings = mapping(written, words)
    for name, value in settings.items():
        if name not in SETTINGS[kind]:
            allowed = ", ".join(sorted(SETTINGS[kind]))
            raise ValueError(f"{words} has {name}, which a run cannot keep to; it can: {allowed}")
        if name in MERGED:
            for key, entry in mapping(value, f"{name} of {words}").items():
                if not isinstance(entry, str | int):
                    raise ValueError(f"{key} in {name} of {words} is no text: quote it")
        elif name == "regions" and not is_texts(value):
            raise ValueError(f"regions of {words} is no list of names")
        elif name == "template" and not isinstance(value, str):
            raise ValueError(f"template of {words} is no path")
    return settings


def mapping(written: Any, words: str) -> Settings:
    """Return names and values."""
    if not isinstance(written, dict):
        raise ValueError(f"{words} is no mapping of names to values")
    return written


def is_texts(value: Any) -> bool:
    """Tell whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
