"""Choosing stages, and what is refused before anything runs."""

import argparse
from pathlib import Path

import pytest

from local.pipeline.command import add_arguments, check, wanted_stages
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.pushes import executions, missing
from serverlessapp.template.pipeline.elements import Pipeline


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser.add_argument)
    return parser.parse_args(given)


def test_stages_can_be_chosen(pipeline: Pipeline) -> None:
    assert wanted_stages(arguments(), pipeline) is None
    assert wanted_stages(arguments("--stage", "Test"), pipeline) == ["Test"]
    chosen = wanted_stages(arguments("--from", "Publish"), pipeline)
    assert chosen == ["Publish", "Production"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--stage", "Lint"], "no stage Lint: Source, UpdatePipeline"),
        (["--stage", "Test", "--from", "Build"], "not both"),
    ],
)
def test_a_stage_that_is_none_is_refused(given: list[str], words: str, pipeline: Pipeline) -> None:
    with pytest.raises(PipelineError, match=words):
        wanted_stages(arguments(*given), pipeline)


def test_a_stage_that_needs_another_is_refused_until_that_is_kept(
    pipeline: Pipeline, execution: Execution, tmp_path: Path
) -> None:
    assert list(missing(pipeline, ["Build"], None)) == []
    assert set(missing(pipeline, ["Publish"], None)) == {"Package"}
    with pytest.raises(PipelineError, match="Package comes from another stage: run it with --keep"):
        check(arguments("--approve"), pipeline, ["Publish"], None)
    (tmp_path / "file").write_text("x")
    execution.artifacts.put("Package", tmp_path, [tmp_path / "file"])
    execution.save()
    (kept,) = executions(tmp_path)
    check(arguments("--approve"), pipeline, ["Publish"], kept)
    resumed = Execution(folder=tmp_path / "execution-1")
    resumed.resume(kept)
    assert resumed.artifacts.names() == {"Package"}
    assert resumed.text("#{Package.VERSION}") == "1.2.0"
    assert resumed.id != execution.id


def test_without_anybody_to_ask_nothing_begins(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(PipelineError, match=r"nobody is there to answer .*Approve: give --approve"):
        check(arguments(), pipeline, None, None)
    check(arguments("--approve"), pipeline, None, None)
    check(arguments(), pipeline, ["Build"], None)
