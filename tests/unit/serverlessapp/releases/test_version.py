"""Versions: their order, and what one raises."""

import pytest

from generators import __version__
from serverlessapp.diff.model import Bump
from serverlessapp.releases.version import Version, VersionError, bump, least


def test_the_version_of_this_project_is_one() -> None:
    assert str(Version.parse(__version__)) == __version__


def test_order() -> None:
    texts = ["0.1.0", "0.2.0.dev0", "0.2.0", "0.10.0", "1.0.0.dev0", "1.0.0"]
    assert sorted(map(Version.parse, reversed(texts))) == list(map(Version.parse, texts))


@pytest.mark.parametrize("text", ["", "1", "1.2", "v1.2.3", "1.2.3rc1", "01.2.3", "1.2.3.dev1"])
def test_others_are_refused(text: str) -> None:
    with pytest.raises(VersionError, match=r"is not a version such as 1\.2\.3"):
        Version.parse(text)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("1.2.3", "1.2.3", Bump.NONE),
        ("1.2.3", "1.2.2", Bump.NONE),
        ("1.2.3", "1.2.4", Bump.PATCH),
        ("1.2.3", "1.2.4.dev0", Bump.PATCH),
        ("1.2.3", "1.3.0", Bump.MINOR),
        ("1.2.3", "2.0.0.dev0", Bump.MAJOR),
        ("0.2.3", "0.2.4", Bump.PATCH),
        ("0.2.3", "0.3.0", Bump.MAJOR),
        ("0.2.3", "1.0.0", Bump.MAJOR),
    ],
)
def test_bump(old: str, new: str, expected: Bump) -> None:
    assert bump(Version.parse(old), Version.parse(new)) is expected


@pytest.mark.parametrize("old", ["0.2.3", "1.2.3"])
@pytest.mark.parametrize("demanded", [Bump.PATCH, Bump.MINOR, Bump.MAJOR])
def test_the_least_version_that_raises_enough(old: str, demanded: Bump) -> None:
    before = Version.parse(old)
    version = least(before, demanded)
    assert bump(before, version) >= demanded
    assert (
        str(version)
        == {
            ("0.2.3", Bump.PATCH): "0.2.4",
            ("0.2.3", Bump.MINOR): "0.3.0",
            ("0.2.3", Bump.MAJOR): "0.3.0",
            ("1.2.3", Bump.PATCH): "1.2.4",
            ("1.2.3", Bump.MINOR): "1.3.0",
            ("1.2.3", Bump.MAJOR): "2.0.0",
        }[old, demanded]
    )
