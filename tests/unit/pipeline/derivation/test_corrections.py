"""The list of corrections says what is published, and nothing that is not."""

import re
from fnmatch import fnmatchcase

import pytest

from pipeline.derivation.corrections import FEATURES, NOTHING, UNPUBLISHED, Unpublished
from pipeline.derivation.needs import permissions
from serverlessapp.template import published
from serverlessapp.template.schemas import schema

ENTRIES = [
    (kind, path, pattern)
    for kind, features in FEATURES.items()
    for path, patterns in features.items()
    for pattern in patterns
]


@pytest.mark.parametrize(("kind", "path", "pattern"), ENTRIES)
def test_each_entry_is_about_something(kind: str, path: str, pattern: str) -> None:
    permissions = {
        permission
        for handler in schema(kind)["handlers"].values()
        for permission in handler["permissions"]
    }
    assert any(fnmatchcase(permission, pattern) for permission in permissions), "not published"
    if path != NOTHING:
        assert path.partition(".")[0] in schema(kind)["properties"], "no such property"


@pytest.mark.parametrize("correction", UNPUBLISHED)
def test_what_is_unpublished_exists_and_is_still_unpublished(correction: Unpublished) -> None:
    kind = correction.resource_type
    if correction.when:
        assert correction.when.partition(".")[0] in schema(kind)["properties"]
    assert re.match(r"[A-Z].+(Guide|Reference), \w", correction.source)
    for action in correction.actions:
        assert published.action(action)
        for operation in correction.operations:
            assert action not in permissions(kind, operation)
