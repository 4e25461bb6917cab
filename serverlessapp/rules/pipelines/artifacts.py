"""Artifacts are made before they are read, also within a stage."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Stage


class ArtifactsAreMadeBefore(PipelineRule):
    """Actions of a stage with the same RunOrder run at the same time."""

    id = "E9201"
    shortdesc = "An artifact is made before an action of the same stage reads it"
    source_url = f"{USER_GUIDE}/reference-pipeline-structure.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield inputs that are made at the same time, or later."""
        for pipeline in delivery.pipelines:
            made = set[str]()
            for stage in pipeline.stages:
                if stage.has_order:
                    yield from unmade(stage, made)
                made.update(name for action in stage.actions for name in action.outputs)


def unmade(stage: Stage, before: set[str]) -> Iterator[Mistake]:
    """Yield inputs of a stage's actions that this stage makes, but too late."""
    makers = {name: action for action in stage.actions for name in action.outputs}
    for action in stage.actions:
        for number, name in enumerate(action.inputs):
            maker = makers.get(name)
            if maker and name not in before and (maker.order or 0) >= (action.order or 0):
                yield Mistake(
                    action.at("InputArtifacts", number),
                    f"{name} is made only by {maker.name}, RunOrder {maker.order}: give "
                    f"{action.name} a higher RunOrder",
                )
