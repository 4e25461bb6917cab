"""What only pipelines of type V2 have, triggers for example."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import USER_GUIDE, is_known, pipeline_rule, pipelines
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.elements import Pipeline, inner, objects, text

PIPELINE = ("Triggers", "Variables")
STAGE = ("BeforeEntry", "OnSuccess", "OnFailure")
PROVIDERS = ("Commands", "EC2", "ECRBuildAndPublish", "EKS")
CONNECTION = "CodeStarSourceConnection"


@pipeline_rule("E9204", f"{USER_GUIDE}/pipeline-types.html", pipelines)
def type_fits_features(pipeline: Pipeline) -> Iterator[Mistake]:
    """A pipeline of type V1 uses no features of V2.

    Triggers, variables, conditions and some actions are only in type V2.

    One that says nothing has the type that it needs: "Including V2 parameters, such as triggers on
    Git tags, in the pipeline JSON when creating or updating a pipeline will result in the pipeline
    having the V2 type" (CodePipeline API Reference, "PipelineDeclaration").
    """
    if pipeline.type != "V1":
        return
    for element, keys in ((pipeline, PIPELINE), *((stage, STAGE) for stage in pipeline.stages)):
        for key in keys:
            if element.raw.get(key):
                yield Mistake(element.at(key), f"{key} needs PipelineType V2: set it")
    for action in pipeline.actions():
        if action.provider in PROVIDERS or action.kind == ("Deploy", "Lambda"):
            message = f"{action.provider} needs PipelineType V2: set it"
            yield Mistake(action.at("ActionTypeId"), message)
    if is_known(pipeline.mode) and pipeline.mode != "SUPERSEDED":
        message = f"{pipeline.mode} needs PipelineType V2: set it, or use SUPERSEDED"
        yield Mistake(pipeline.at("ExecutionMode"), message)


@pipeline_rule("E9205", f"{USER_GUIDE}/pipelines-triggers.html", pipelines)
def triggers_start_sources(pipeline: Pipeline) -> Iterator[Mistake]:
    """A trigger belongs to a source action with a connection.

    It names the action, and filters by tags or by branches and paths, not by both.
    """
    sources = {
        action.name: action.provider for action in pipeline.actions() if action.category == "Source"
    }
    for number, trigger in enumerate(objects(pipeline.raw, "Triggers")):
        git = inner(trigger, "GitConfiguration")
        name = text(git, "SourceActionName")
        place = (*git.place, "SourceActionName")
        if is_known(name, *sources) and name not in sources:
            known = ", ".join(sources) or "none"
            yield Mistake(place, f"unknown source action {name}: use one of {known}")
        elif is_known(sources.get(name)) and sources[name] != CONNECTION:
            message = f"{name} is a {sources[name]}: only {CONNECTION} has triggers"
            yield Mistake(place, message)
        for index, content in enumerate(objects(git, "Push")):
            if "Tags" in content and len(content) > 1:
                yield Mistake(
                    pipeline.at("Triggers", number, "GitConfiguration", "Push", index),
                    "Tags cannot be combined with Branches or FilePaths: use a filter for each",
                )
