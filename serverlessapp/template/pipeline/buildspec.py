"""What a build runs: a buildspec, inline or a file of the source.

Source: CodeBuild User Guide, "Build specification reference for CodeBuild".
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from serverlessapp.template.pipeline.elements import Scalar
from serverlessapp.template.reading import Json, TemplateError
from serverlessapp.template.values import Text, rendered

PHASES = ("install", "pre_build", "build", "post_build")
DEFAULT_FILE = "buildspec.yml"
HOLE = "\u2370"  # what is not known, in what was read; a character that nobody writes


class BuildspecError(TemplateError):
    """A buildspec that cannot be read, or is not one."""


@dataclass(frozen=True, kw_only=True)
class Buildspec:
    """A buildspec; sections that it does not have are empty."""

    place: str  # the file, or inline
    content: Json  # as it was written; a text with HOLE in it is not known

    def section(self, *names: str) -> Json:
        """Return a section within sections; empty if it is not there."""
        content: Any = self.content
        for name in names:
            content = content.get(name) if isinstance(content, Mapping) else None
        return dict(content) if isinstance(content, Mapping) else {}

    @property
    def exports(self) -> tuple[str, ...]:
        """Names of the variables it hands to later actions."""
        return tuple(map(str, listed(self.section("env").get("exported-variables"))))

    @property
    def variables(self) -> dict[str, str]:
        """Variables it sets itself, before any command."""
        return {name: str(value) for name, value in self.section("env", "variables").items()}

    @property
    def reports(self) -> Json:
        """Reports by their names."""
        return {str(name): content for name, content in self.section("reports").items()}

    def commands(self) -> Iterator[str]:
        """Yield every command, in the order of the phases."""
        for phase in PHASES:
            for block in ("commands", "finally"):
                yield from map(str, listed(self.section("phases", phase).get(block)))

    def artifact(self, name: str, *, alone: bool) -> Json:
        """Return what makes an output artifact; empty if nothing does.

        Source: CodePipeline User Guide, "CodeBuild build and test action reference", about output
        artifacts: a single one can be the main one, several are secondary ones of the same names.
        """
        secondary = self.section("artifacts", "secondary-artifacts", name)
        if secondary or not alone:
            return secondary
        return self.section("artifacts") if "files" in self.section("artifacts") else {}


def listed(value: Any) -> list[Any]:
    """Return a list; a text stands for its only item."""
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []


def with_holes(value: Scalar) -> str:
    """Return a scalar as a text, with ``HOLE`` for what is not known."""
    (text,) = rendered(value, lambda _: [HOLE])
    return text


def find(value: Scalar, source: Path | None) -> Buildspec | None:
    """Return the buildspec that a project names or contains; None if only AWS knows it.

    ``value`` is the project's property, ``source`` the folder that the build starts in, if known.

    Raises:
        BuildspecError: It cannot be read, or is not one.
    """
    text = with_holes(value)
    if "\n" in text or text.lstrip().startswith("{"):  # inline, and no path
        try:
            return parse(text, "inline")
        except BuildspecError:
            if isinstance(value, Text):  # what is not known may make it whole
                return None
            raise
    name = text or DEFAULT_FILE
    if source is None or HOLE in name or name.startswith("arn:"):
        return None
    try:
        return parse((source / name).read_text(encoding="utf-8"), name)
    except (OSError, ValueError) as error:
        raise BuildspecError(f"the source has no readable {name}") from error


@cache
def parse(text: str, place: str) -> Buildspec:
    """Return a buildspec from YAML or JSON. Cached: the same text is read in every situation.

    Raises:
        BuildspecError: It is neither, or holds no object.
    """
    load: Callable[..., Any] = yaml.load
    is_json = text.lstrip().startswith("{")
    try:
        content = json.loads(text) if is_json else load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", error)
        raise BuildspecError(f"{place}: not valid YAML{line}: {problem}") from error
    except (ValueError, RecursionError) as error:
        raise BuildspecError(f"{place}: {error}") from error
    if not isinstance(content, dict):
        raise BuildspecError(f"{place} has no sections: begin it with version: 0.2")
    return Buildspec(place=place, content=content)
