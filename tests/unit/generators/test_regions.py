"""Templates refuse the Regions where they cannot work, in words, and no others."""

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from serverlessapp.partitions import partitions, supported
from serverlessapp.template import schemas
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template, parse

TEMPLATES = {kind.value: parse(render(build(kind))) for kind in Retention}
everywhere = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)


def refused(template: Template, region: str) -> list[str]:
    """Return what a launch in a Region is told."""
    evaluation = Evaluation(template=template, given={"AWS::Region": region})
    return [
        assertion["AssertDescription"]
        for assertion in template.section("Rules")["SupportedRegion"]["Assertions"]
        if evaluation.condition(assertion["Assert"]) is False
    ]


def missing(template: Template, region: str) -> set[str]:
    """Return the types that a Region lacks, as far as AWS publishes what it has."""
    types = {resource["Type"] for resource in template.section("Resources").values()}
    has = schemas.digests(region).keys() if region in schemas.regions() else types
    return {name for name in types - has if name.startswith("AWS::")}


@everywhere
def test_all_other_partitions_are_refused(template: Template) -> None:
    others = partitions().keys() - supported()
    assert {"cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1"} <= others
    for region in others:
        assert any("not supported" in words for words in refused(template, region)), region


@everywhere
def test_a_region_of_the_standard_partition_is_refused_for_what_it_lacks(
    template: Template,
) -> None:
    for region in supported():
        words = "".join(refused(template, region))
        assert bool(words) == bool(missing(template, region)), region
        assert all(name in words for name in missing(template, region))
    assert not refused(template, "us-west-2")
    assert not refused(template, "xx-new-1")


def test_the_application_is_at_home_in_the_whole_partition() -> None:
    assert not any(refused(TEMPLATES["application"], region) for region in supported())
