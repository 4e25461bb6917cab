"""Artifacts of an execution, and which files make them."""

from pathlib import Path

import pytest

from local.pipeline.artifacts import Artifacts, NothingMatchesError, matching
from local.pipeline.errors import PipelineError


def test_an_artifact_comes_out_as_it_went_in(source: Path, tmp_path: Path) -> None:
    (source / "a.txt").chmod(0o755)
    artifacts = Artifacts(tmp_path / "artifacts")
    artifacts.put("One", *matching(source, {"files": ["**/*"]}))
    into = tmp_path / "into"
    artifacts.unpack("One", into)
    unpacked = {path.relative_to(into) for path in into.rglob("*") if path.is_file()}
    assert unpacked == {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    assert (into / "a.txt").stat().st_mode & 0o777 == 0o755
    assert artifacts.read("One::dist/in/d.json") == "dist/in/d.json"


@pytest.mark.parametrize("reference", ["None::a.txt", "One::gone.txt"])
def test_what_is_not_there_is_said(reference: str, source: Path, tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path / "artifacts")
    artifacts.put("One", source, [source / "a.txt"])
    with pytest.raises(PipelineError, match=r"no artifact None|no file gone\.txt"):
        artifacts.read(reference)


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
