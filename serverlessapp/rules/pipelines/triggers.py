"""Triggers start a source action that can be triggered."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule, is_known
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Pipeline
from serverlessapp.template.pipeline.reader import inner, objects, text

CONNECTION = "CodeStarSourceConnection"


class TriggersStartSources(PipelineRule):
    """It names the action, and filters by tags or by branches and paths, not by both."""

    id = "E9205"
    shortdesc = "A trigger belongs to a source action with a connection"
    source_url = f"{USER_GUIDE}/pipelines-triggers.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield triggers that CodePipeline refuses."""
        for pipeline in delivery.pipelines:
            yield from triggers(pipeline)


def triggers(pipeline: Pipeline) -> Iterator[Mistake]:
    """Yield triggers of no source, and filters that exclude each other."""
    sources = {
        action.name: action.provider for action in pipeline.actions() if action.category == "Source"
    }
    for number, trigger in enumerate(objects(pipeline.raw, "Triggers")):
        git = inner(trigger, "GitConfiguration")
        name = text(git, "SourceActionName")
        place = (*git.place, "SourceActionName")
        if is_known(name, *sources) and name not in sources:
            known = ", ".join(sources) or "none"
            yield Mistake(place, f"there is no source action {name}: use one of {known}")
        elif is_known(sources.get(name)) and sources[name] != CONNECTION:
            message = f"{name} is a {sources[name]}: only {CONNECTION} has triggers"
            yield Mistake(place, message)
        for index, content in enumerate(objects(git, "Push")):
            if "Tags" in content and len(content) > 1:
                yield Mistake(
                    pipeline.at("Triggers", number, "GitConfiguration", "Push", index),
                    "Tags do not go with Branches or FilePaths: give each a filter of its own",
                )
