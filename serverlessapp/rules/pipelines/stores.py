"""An artifact store in each Region where actions run, and none besides."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Pipeline


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield Regions without a store, and stores without an action.

    Source: CodePipeline User Guide, "Add a cross-Region action", and the API's ``artifactStores``:
    "you must have one for the pipeline Region and one for each cross-Region action's".
    """
    for pipeline in delivery.pipelines:
        if {"ArtifactStore", "ArtifactStores"} <= pipeline.raw.keys():
            yield Mistake(
                path=f"{pipeline.path}.ArtifactStore",
                message="there are ArtifactStores, too: keep one of both",
            )
        elif not pipeline.stores:
            yield Mistake(
                path=pipeline.path, message="it has no ArtifactStore or ArtifactStores: add one"
            )
        else:
            yield from by_region(pipeline)


def by_region(pipeline: Pipeline) -> Iterator[Mistake]:
    """Yield what is wrong with the stores of the Regions."""
    used = {pipeline.region, *(action.region for action in pipeline.actions())}
    where = f"{pipeline.path}.ArtifactStores"
    for region in sorted(pipeline.stores.keys() - used):
        yield Mistake(
            path=where, message=f"no action runs in {region}: remove the artifact store for it"
        )
    if pipeline.region not in pipeline.stores:
        yield Mistake(
            path=where, message=f"add an artifact store for the pipeline's own {pipeline.region}"
        )
    for action in pipeline.actions():
        if action.region not in pipeline.stores and action.region != pipeline.region:
            yield Mistake(
                path=action.at("Region"),
                message=f"there is no artifact store in {action.region}: add one to ArtifactStores",
            )
