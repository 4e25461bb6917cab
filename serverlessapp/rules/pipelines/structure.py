"""Stages and actions: names, order, and what the pipeline's type allows.

Sources: CodePipeline User Guide, "CodePipeline pipeline structure reference", "Quotas in AWS
CodePipeline", "Pipeline types", "Automate starting pipelines using triggers and filtering".
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.parameters import Json
from serverlessapp.template.paths import placed
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Pipeline, Stage

SOURCE = "Source"
STAGES = (2, 50)
ACTIONS = (1, 50)
TRIGGERED = "CodeStarSourceConnection"
# What only pipelines of type V2 have.
PIPELINE_V2 = ("Triggers", "Variables")
STAGE_V2 = ("BeforeEntry", "OnSuccess", "OnFailure")


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield what CodePipeline would not accept as a pipeline."""
    for pipeline in delivery.pipelines:
        low, high = STAGES
        if not low <= len(pipeline.stages) <= high:
            message = f"{len(pipeline.stages)} stages: there have to be {low} to {high}"
            yield Mistake(path=f"{pipeline.path}.Stages", message=message)
        for stage, raw in zip(pipeline.stages, pipeline.raw["Stages"]):
            yield from actions(stage, first=stage is pipeline.stages[0])
            if pipeline.type != "V2":
                yield from only_v2(raw, STAGE_V2, stage.path)
        yield from unique((stage.name for stage in pipeline.stages), f"{pipeline.path}.Stages")
        if pipeline.type != "V2":
            yield from only_v2(pipeline.raw, PIPELINE_V2, pipeline.path)
            if pipeline.mode != "SUPERSEDED":
                message = f"{pipeline.mode} needs PipelineType V2: set it, or use SUPERSEDED"
                yield Mistake(path=f"{pipeline.path}.ExecutionMode", message=message)
        yield from triggers(pipeline)


def unique(names: Any, path: str) -> Iterator[Mistake]:
    """Yield names that are given twice."""
    for name, times in Counter(names).items():
        if times > 1:
            yield Mistake(path=path, message=f"{name} is there {times} times: rename one")


def actions(stage: Stage, *, first: bool) -> Iterator[Mistake]:
    """Yield what a stage must not have, or lacks."""
    path = f"{stage.path}.Actions"
    low, high = ACTIONS
    if not low <= len(stage.actions) <= high:
        message = f"{len(stage.actions)} actions: there have to be {low} to {high}"
        yield Mistake(path=path, message=message)
    yield from unique((action.name for action in stage.actions), path)
    for action in stage.actions:
        if first and action.category != SOURCE:
            message = "the first stage has Source actions only: move this to a later one"
            yield Mistake(path=action.path, message=message)
        if not first and action.category == SOURCE:
            message = "only the first stage has Source actions: move this to it"
            yield Mistake(path=action.path, message=message)


def only_v2(raw: Json, keys: tuple[str, ...], path: str) -> Iterator[Mistake]:
    """Yield what a pipeline of type V1 cannot have."""
    for key in keys:
        if raw.get(key):
            yield Mistake(path=f"{path}.{key}", message=f"{key} needs PipelineType V2: set it")


def triggers(pipeline: Pipeline) -> Iterator[Mistake]:
    """Yield triggers that nothing would start."""
    sources = {
        action.name: action.provider
        for stage in pipeline.stages[:1]
        for action in stage.actions
        if action.category == SOURCE
    }
    for path, trigger in placed(f"{pipeline.path}.Triggers", pipeline.raw.get("Triggers", [])):
        git = trigger["GitConfiguration"]
        name = git["SourceActionName"]
        where = f"{path}.GitConfiguration"
        if name not in sources:
            known = ", ".join(sources) or "none"
            message = f"there is no source action {name}: use one of {known}"
            yield Mistake(path=f"{where}.SourceActionName", message=message)
        elif sources[name] != TRIGGERED:
            message = f"{name} is a {sources[name]}: only {TRIGGERED} has triggers"
            yield Mistake(path=f"{where}.SourceActionName", message=message)
        for filtered, content in placed(f"{where}.Push", git.get("Push", [])):
            if "Tags" in content and len(content) > 1:
                message = "Tags do not go with Branches or FilePaths: give each a filter of its own"
                yield Mistake(path=filtered, message=message)
