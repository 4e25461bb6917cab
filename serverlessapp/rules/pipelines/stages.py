"""A pipeline has as many stages and actions as CodePipeline takes."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery

STAGES = (2, 50)
ACTIONS = 50


class StagesAreEnough(PipelineRule):
    """The limits are in the quotas of CodePipeline."""

    id = "E9203"
    shortdesc = "A pipeline has 2 to 50 stages, of up to 50 actions"
    source_url = f"{USER_GUIDE}/limits.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield what is too much or too little."""
        low, high = STAGES
        for pipeline in delivery.pipelines:
            if not low <= len(pipeline.stages) <= high:
                yield Mistake(
                    pipeline.at("Stages"),
                    f"{len(pipeline.stages)} stages: there have to be {low} to {high}",
                )
            for stage in pipeline.stages:
                if len(stage.actions) > ACTIONS:
                    yield Mistake(
                        stage.at("Actions"), f"{len(stage.actions)} actions: at most {ACTIONS}"
                    )
