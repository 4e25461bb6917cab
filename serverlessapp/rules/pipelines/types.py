"""A pipeline of type V1 has nothing that needs V2."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery

PIPELINE = ("Triggers", "Variables")
STAGE = ("BeforeEntry", "OnSuccess", "OnFailure")
PROVIDERS = ("Commands", "ECRBuildAndPublish")


class TypeFitsFeatures(PipelineRule):
    """Triggers, variables, conditions and some actions are only in type V2.

    One that says nothing has the type that it needs: "Including V2 parameters, such as triggers on
    Git tags, in the pipeline JSON when creating or updating a pipeline will result in the pipeline
    having the V2 type" (CodePipeline API Reference, "PipelineDeclaration").
    """

    id = "E9204"
    shortdesc = "A pipeline of type V1 has nothing of V2"
    source_url = f"{USER_GUIDE}/pipeline-types.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield what a pipeline of type V1 cannot have."""
        for pipeline in delivery.pipelines:
            if pipeline.type != "V1":
                continue
            for element, keys in (
                (pipeline, PIPELINE),
                *((stage, STAGE) for stage in pipeline.stages),
            ):
                for key in keys:
                    if element.raw.get(key):
                        yield Mistake(element.at(key), f"{key} needs PipelineType V2: set it")
            for action in pipeline.actions():
                if action.provider in PROVIDERS:
                    yield Mistake(
                        action.at("ActionTypeId"),
                        f"{action.provider} needs PipelineType V2: set it",
                    )
            if isinstance(pipeline.mode, str) and pipeline.mode != "SUPERSEDED":
                message = f"{pipeline.mode} needs PipelineType V2: set it, or use SUPERSEDED"
                yield Mistake(pipeline.at("ExecutionMode"), message)
