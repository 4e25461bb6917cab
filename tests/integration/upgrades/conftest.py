"""Releases to upgrade from: all there are, and one that never was."""

from collections.abc import Callable
from typing import Any

import pytest

from generators.retention import Retention
from serverlessapp.releases.archive import RELEASES, Release, releases, template_name
from serverlessapp.releases.changelog import ChangelogEntry
from serverlessapp.releases.freeze import freeze
from serverlessapp.template.reading import load

from . import older

MADE_UP = "made up"
Templates = Callable[[Retention], str]


@pytest.fixture(
    scope="session", params=[*map(str, (one.version for one in releases(RELEASES))), MADE_UP]
)
def release(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Release:
    if request.param != MADE_UP:
        (found,) = (one for one in releases(RELEASES) if str(one.version) == request.param)
        return found
    folder = tmp_path_factory.mktemp("made-up") / "releases"
    entry = ChangelogEntry(name=older.VERSION, date="2026-01-01", text="Never released.")
    freeze(older.VERSION, older.templates(), [entry], folder)
    return releases(folder)[0]


@pytest.fixture(scope="session")
def released(release: Release) -> Templates:
    """Return a function that reads the released template of a kind."""
    contents = {template_name(file): data.decode() for file, data in release.templates().items()}
    return lambda kind: contents[kind.value]


@pytest.fixture(scope="session")
def current(template: Templates) -> Templates:
    """Return a function that generates today's template of a kind."""
    return template


def parsed(text: str) -> dict[str, Any]:
    return load(text)
