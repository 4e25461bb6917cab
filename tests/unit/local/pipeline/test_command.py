"""Choosing stages, and what is refused before anything runs."""

import argparse

import pytest

from local.pipeline.command import add_arguments, check
from local.pipeline.errors import PipelineError
from local.pipeline.pushes import chosen, missing
from serverlessapp.template.pipeline.elements import Pipeline


def arguments(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser.add_argument)
    return parser.parse_args(given)


def test_stages_can_be_chosen(pipeline: Pipeline) -> None:
    assert tuple(chosen(pipeline, None)) == pipeline.stages
    assert [stage.name for stage in chosen(pipeline, ["Test"])] == ["Source", "Test"]


def test_a_stage_that_is_none_is_refused(pipeline: Pipeline) -> None:
    with pytest.raises(PipelineError, match="stage Lint; stages: Source, UpdatePipeline"):
        check(arguments("--stage", "Lint"), pipeline)


def test_a_stage_that_needs_another_is_refused_without_it(pipeline: Pipeline) -> None:
    assert not list(missing(pipeline, ["Build"]))
    assert set(missing(pipeline, ["Publish"])) == {"Package"}
    with pytest.raises(PipelineError, match="Package comes from another stage: add its --stage"):
        check(arguments("--approve", "--stage", "Publish"), pipeline)
    check(arguments("--approve", "--stage", "Build", "--stage", "Publish"), pipeline)


def test_without_anybody_to_ask_nothing_begins(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(PipelineError, match=r"no terminal to ask for .*Approve: use --approve"):
        check(arguments(), pipeline)
    check(arguments("--approve"), pipeline)
    check(arguments("--stage", "Build"), pipeline)
