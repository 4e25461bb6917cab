"""Artifacts of an execution."""

from pathlib import Path

import pytest

from local.pipeline.artifacts import Artifacts
from local.pipeline.errors import PipelineError
from local.pipeline.globs import matching


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
    assert artifacts.names() == {"One"}


@pytest.mark.parametrize("reference", ["None::a.txt", "One::gone.txt"])
def test_what_is_not_there_is_said(reference: str, source: Path, tmp_path: Path) -> None:
    artifacts = Artifacts(tmp_path / "artifacts")
    artifacts.put("One", source, [source / "a.txt"])
    with pytest.raises(PipelineError, match=r"no artifact None|no file gone\.txt"):
        artifacts.read(reference)
