"""Artifacts: made before they are read, and kept in each Region where actions run."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import USER_GUIDE, is_known, pipeline_rule, pipelines, whole
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Pipeline

CROSS_REGION = f"{USER_GUIDE}/actions-create-cross-region.html"


@pipeline_rule("E9201", f"{USER_GUIDE}/reference-pipeline-structure.html", pipelines)
def artifacts_are_made_before(pipeline: Pipeline) -> Iterator[Mistake]:
    """An artifact is created before an action of the same stage reads it.

    Actions of a stage with the same RunOrder run at the same time.
    """
    made = set[str]()
    for stage in pipeline.stages:
        makers = {name: action for action in stage.actions for name in action.outputs}
        for action in stage.actions if stage.has_order else ():
            for number, name in enumerate(action.inputs):
                maker = makers.get(name)
                if maker and name not in made and maker.order >= action.order:
                    yield Mistake(
                        action.at("InputArtifacts", number),
                        f"{name} is created only by {maker.name}, RunOrder {maker.order}: give "
                        f"{action.name} a higher RunOrder",
                    )
        made.update(makers)


@pipeline_rule("E9202", CROSS_REGION, whole)
def stores_in_every_region(delivery: Delivery) -> Iterator[Mistake]:
    """Each Region in which actions run has an artifact store.

    One for the pipeline's own Region, and one for each that an action names.
    """
    for pipeline in delivery.pipelines:
        if not is_known(*pipeline.stores.keys() - {pipeline.region}):
            continue
        homes = {
            region
            for region in pipeline.stores
            if region == pipeline.region
            or (is_known(region) and not is_known(pipeline.region) and delivery.can_be_in(region))
        }
        if "ArtifactStores" in pipeline.raw and not homes:
            message = f"add an artifact store for the pipeline's own Region, {pipeline.region}"
            yield Mistake(pipeline.at("ArtifactStores"), message)
        for action in pipeline.actions():
            region = action.region
            if is_known(region) and region not in {*pipeline.stores, *homes}:
                if pipeline.region in pipeline.stores and delivery.can_be_in(region):
                    continue
                message = f"no artifact store in {region}: add one to ArtifactStores"
                yield Mistake(action.at("Region"), message)


@pipeline_rule("W9202", CROSS_REGION, pipelines)
def stores_are_used(pipeline: Pipeline) -> Iterator[Mistake]:
    """Each Region with an artifact store has actions.

    A store in a Region without actions is one that nothing ever uses.
    """
    used = {pipeline.region, *(action.region for action in pipeline.actions())}
    if pipeline.region in pipeline.stores and is_known(*used - {pipeline.region}):
        for number, region in enumerate(pipeline.stores):
            if is_known(region) and region not in used:
                message = f"no action runs in {region}: remove the artifact store for it"
                yield Mistake(pipeline.at("ArtifactStores", number), message)
