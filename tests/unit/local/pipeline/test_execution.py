"""Variables, rules, and what a build knows of this machine."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.emulator import EmulatorSession
from local.pipeline import environment, rules
from local.pipeline.command import add_arguments, check, wanted_stages
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.pushes import executions, missing
from pipeline.regions import HOME
from serverlessapp.rules.pipelines.variables import OF_EXECUTION
from serverlessapp.template.pipeline import delivery
from serverlessapp.template.pipeline.buildspec import Buildspec
from serverlessapp.template.pipeline.elements import Condition, Pipeline, Project, Rule
from serverlessapp.template.resolver import Resolver
from serverlessapp.template.situations import REGION
from serverlessapp.template.values import values
from tests.unit.pipeline.rendered import TEMPLATE
from tests.unit.serverlessapp.rules.pipelines.mutations import SOURCE


@pytest.fixture
def execution(tmp_path: Path) -> Execution:
    made = Execution(folder=tmp_path / "execution-0", commit="abc")
    made.variables[OF_EXECUTION] = {"Color": "red"}
    made.variables["Package"] = {"VERSION": "1.2.0"}
    return made


@pytest.fixture(scope="module")
def found() -> delivery.Delivery:
    given = {REGION: HOME, **values(TEMPLATE, {})}
    return delivery.read(Resolver.of(TEMPLATE, given, stack="s"), SOURCE)


@pytest.fixture(scope="module")
def pipeline(found: delivery.Delivery) -> Pipeline:
    return found.pipelines[0]


def test_references_are_replaced(execution: Execution) -> None:
    text = "#{Package.VERSION} #{variables.Color} #{codepipeline.PipelineExecutionId}"
    assert execution.text(text) == f"1.2.0 red {execution.id}"


@pytest.mark.parametrize("text", ["#{Package.DIGEST}", "#{Source.CommitId}"])
def test_a_reference_to_nothing_fails(text: str, execution: Execution) -> None:
    with pytest.raises(PipelineError, match="no action has handed on"):
        execution.text(text)


def condition(provider: str, **configuration: str) -> Condition:
    rule = Rule(
        path="x",
        name="Rule",
        provider=provider,
        configuration=configuration,
        region=HOME,
        role="",
    )
    return Condition(path="x", when="BeforeEntry", result="FAIL", rules=(rule,))


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("EQ", "1.2.0", True),
        ("EQ", "1.2", False),
        ("NE", "1.2", True),
        ("NE", "1.2.0", False),
        ("CONTAINS", "2.", True),
        ("CONTAINS", "x", False),
        ("MATCHES", r"[0-9.]+", True),
        ("MATCHES", r"[0-9]", False),
    ],
)
def test_variables_are_compared(
    operator: str, value: str, holds: bool, execution: Execution
) -> None:
    rule = condition("VariableCheck", Variable="#{Package.VERSION}", Operator=operator, Value=value)
    assert (rules.broken(execution, rule, clients({})) == "") is holds


def clients(states: dict[str, str]) -> Callable[[str, str], Any]:
    class Alarms:
        def describe_alarms(self, AlarmNames: list[str]) -> dict[str, Any]:  # noqa: N803
            found = [{"StateValue": states[name]} for name in AlarmNames if name in states]
            return {"MetricAlarms": found, "CompositeAlarms": []}

    return lambda service, region: Alarms()


@pytest.mark.parametrize(
    ("state", "given", "holds"),
    [
        ("OK", {}, True),
        ("INSUFFICIENT_DATA", {}, True),
        ("ALARM", {}, False),
        ("INSUFFICIENT_DATA", {"AlarmStates": "ALARM,INSUFFICIENT_DATA"}, False),
    ],
)
def test_alarms_are_looked_at(
    state: str, given: dict[str, str], holds: bool, execution: Execution
) -> None:
    rule = condition("CloudWatchAlarm", AlarmName="errors", **given)
    assert (rules.broken(execution, rule, clients({"errors": state})) == "") is holds


def test_an_alarm_that_does_not_exist_is_a_failure(execution: Execution) -> None:
    with pytest.raises(PipelineError, match="there is no alarm errors in us-west-2"):
        rules.broken(execution, condition("CloudWatchAlarm", AlarmName="errors"), clients({}))


def test_a_build_knows_what_codebuild_tells_and_no_secret_of_this_machine(
    execution: Execution, found: delivery.Delivery, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_SESSION_TOKEN", "GITHUB_TOKEN", "TOX_ENV_DIR", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "secret")
    (publish,) = [one for one in found.actions() if one.name == "Publish"]
    project = found.project_of(publish)
    assert isinstance(project, Project)
    known = environment.of_build(
        execution,
        publish,
        project,
        Buildspec(place="x", content={"env": {"variables": {"VERSION": "0", "OWN": "1"}}}),
        session=EmulatorSession("http://127.0.0.1:1", HOME),
        sources={"Source": tmp_path / "one", "Package": tmp_path / "two"},
        home=tmp_path,
        pipeline="p",
    )
    assert known["CODEBUILD_SRC_DIR"] == str(tmp_path / "one")
    assert known["CODEBUILD_SRC_DIR_Package"] == str(tmp_path / "two")
    assert "CODEBUILD_SRC_DIR_Source" not in known
    assert known["CODEBUILD_RESOLVED_SOURCE_VERSION"] == "abc"
    assert known["VERSION"] == "1.2.0", "of the action, not of the buildspec"
    assert known["OWN"] == "1"
    assert known["RELEASE_BUCKET"] == "s-releasebucket"
    assert known["AWS_ENDPOINT_URL"] == "http://127.0.0.1:1"
    assert known["HOME"] == str(tmp_path)
    assert "secret" not in known.values()
    assert not {"TOX_ENV_DIR", "VIRTUAL_ENV"} & known.keys()
    assert str(Path(sys.executable).parent) not in known["PATH"].split(os.pathsep)


# Choosing stages


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
    with pytest.raises(PipelineError, match="nobody is there to answer Approve: give --approve"):
        check(arguments(), pipeline, None, None)
    check(arguments("--approve"), pipeline, None, None)
    check(arguments(), pipeline, ["Build"], None)
