"""The table of features says what is published, and nothing that is not."""

from fnmatch import fnmatchcase

import pytest

from pipeline.derivation.features import FEATURES, NOTHING, UNPUBLISHED
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


def test_what_is_unpublished_exists_and_is_still_unpublished() -> None:
    for kind, features in UNPUBLISHED.items():
        for path, actions in features.items():
            assert path in schema(kind)["properties"]
            for action in actions:
                assert published.action(action)
                assert action not in schema(kind)["handlers"]["create"]["permissions"]
