"""Artifacts, the patterns that make them, and reports."""

from pathlib import Path

import pytest

from local.pipeline import reports
from local.pipeline.artifacts import Artifacts
from local.pipeline.errors import PipelineError
from local.pipeline.globs import NothingMatchesError, matching
from serverlessapp.template.pipeline.buildspec import Buildspec

FILES = ("a.txt", "dist/b.txt", "dist/in/c.txt", "dist/in/d.json", ".hidden")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name in FILES:
        path = tmp_path / "source" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "source"


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


def test_an_artifact_comes_out_as_it_went_in(source: Path, tmp_path: Path) -> None:
    (source / "a.txt").chmod(0o755)
    artifacts = Artifacts(tmp_path / "artifacts")
    artifacts.put("One", *matching(source, {"files": ["**/*"]}))
    into = tmp_path / "into"
    artifacts.unpack("One", into)
    assert {p.relative_to(into).as_posix() for p in into.rglob("*") if p.is_file()} == set(FILES)
    assert (into / "a.txt").stat().st_mode & 0o777 == 0o755
    assert artifacts.read("One::dist/in/d.json") == "dist/in/d.json"
    assert artifacts.names() == {"One"}


@pytest.mark.parametrize("reference", ["None::a.txt", "One::gone.txt"])
def test_what_is_not_there_is_said(reference: str, source: Path, tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path / "artifacts")
    artifacts.put("One", source, [source / "a.txt"])
    with pytest.raises(PipelineError, match=r"no artifact None|no file gone\.txt"):
        artifacts.read(reference)


def test_reports_are_counted(source: Path) -> None:
    (source / "one.xml").write_text(
        "<testsuites><testsuite><testcase/><testcase><failure/></testcase></testsuite>"
        "<testsuite><testcase><error/></testcase></testsuite></testsuites>"
    )
    content = {"reports": {"junit": {"files": "*.xml"}, "other": {"files": "*.none"}}}
    (found,) = reports.read(Buildspec(place="x", content=content), source)
    assert (found.name, found.cases, found.failures) == ("junit", 3, 2)


def test_what_is_no_report_is_said(source: Path) -> None:
    content = {"reports": {"junit": {"files": "a.txt"}}}
    with pytest.raises(PipelineError, match=r"a\.txt is no report"):
        list(reports.read(Buildspec(place="x", content=content), source))
