"""An artifact store in each Region where actions run, and none besides."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule, is_known
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Pipeline, Scalar


class StoresInEveryRegion(PipelineRule):
    """One for the pipeline's own Region, and one for each that an action names."""

    id = "E9202"
    shortdesc = "There is an artifact store in each Region where actions run"
    source_url = f"{USER_GUIDE}/actions-create-cross-region.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield Regions without a store."""
        for pipeline in delivery.pipelines:
            if not is_known(*pipeline.stores.keys() - {pipeline.region}):
                continue
            homes = possible_homes(delivery, pipeline)
            if "ArtifactStores" in pipeline.raw and not homes:
                yield Mistake(
                    pipeline.at("ArtifactStores"),
                    f"add an artifact store for the pipeline's own Region, {pipeline.region}",
                )
            for action in pipeline.actions():
                region = action.region
                if is_known(region) and region not in {*pipeline.stores, *homes}:
                    if pipeline.region in pipeline.stores and delivery.can_be_in(region):
                        continue
                    yield Mistake(
                        action.at("Region"),
                        f"there is no artifact store in {region}: add one to ArtifactStores",
                    )


class StoresAreUsed(PipelineRule):
    """A store in a Region without actions is one that nothing ever uses."""

    id = "W9202"
    shortdesc = "Actions run in each Region that has an artifact store"
    source_url = f"{USER_GUIDE}/actions-create-cross-region.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield stores that no action needs."""
        for pipeline in delivery.pipelines:
            used = {pipeline.region, *(action.region for action in pipeline.actions())}
            if pipeline.region in pipeline.stores and is_known(*used - {pipeline.region}):
                for number, region in enumerate(pipeline.stores):
                    if is_known(region) and region not in used:
                        yield Mistake(
                            pipeline.at("ArtifactStores", number),
                            f"no action runs in {region}: remove the artifact store for it",
                        )


def possible_homes(delivery: Delivery, pipeline: Pipeline) -> set[Scalar]:
    """Return the Regions with a store that the pipeline itself can be in."""
    return {
        region
        for region in pipeline.stores
        if region == pipeline.region
        or (is_known(region) and not is_known(pipeline.region) and delivery.can_be_in(region))
    }
