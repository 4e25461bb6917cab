"""Which files make an artifact."""

from pathlib import Path

import pytest

from local.pipeline.globs import NothingMatchesError, matching

FILES = ("a.txt", "dist/b.txt", "dist/in/c.txt", "dist/in/d.json", ".hidden")


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ({"files": ["**/*"]}, set(FILES)),
        ({"files": "a.txt"}, {"a.txt"}),
        ({"files": ["*.txt"]}, {"a.txt"}),
        ({"files": ["**/*.txt"]}, {"a.txt", "dist/b.txt", "dist/in/c.txt"}),
        ({"files": ["dist/*"]}, {"dist/b.txt"}),
        ({"base-directory": "dist", "files": ["**/*"]}, {"b.txt", "in/c.txt", "in/d.json"}),
        ({"files": ["dist/**/*"], "exclude-paths": ["**/*.json"]}, {"dist/b.txt", "dist/in/c.txt"}),
    ],
)
def test_patterns_choose_files(
    section: dict[str, object], expected: set[str], source: Path
) -> None:
    base, files = matching(source, section)
    assert {file.relative_to(base).as_posix() for file in files} == expected


@pytest.mark.parametrize(
    "section", [{"files": ["*.zip"]}, {"base-directory": "gone", "files": ["**/*"]}]
)
def test_a_build_that_makes_nothing_fails(section: dict[str, object], source: Path) -> None:
    with pytest.raises(NothingMatchesError):
        matching(source, section)
