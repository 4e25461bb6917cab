"""Templates refuse the Regions where they cannot work, in words, and no others."""

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from pipeline import home_regions
from pipeline.home_regions import HOME_REGIONS, LAMBDA_COMPUTE
from serverlessapp.partitions import partitions, supported
from serverlessapp.template import schemas
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template, parse

TEMPLATES = {kind.value: parse(render(build(kind))) for kind in Retention}
everywhere = pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)


def refused(template: Template, region: str, rule: str = "SupportedRegion") -> list[str]:
    """Return what a launch in a Region is told by a rule."""
    evaluation = Evaluation(template=template, given={"AWS::Region": region})
    return [
        assertion["AssertDescription"]
        for assertion in template.section("Rules")[rule]["Assertions"]
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


def test_the_application_is_at_home_in_the_whole_partition() -> None:
    for region in (*supported(), "xx-new-1"):
        assert not refused(TEMPLATES["application"], region), region
        lacks = missing(TEMPLATES["application"], region)
        told = refused(TEMPLATES["application"], region, "CompletionEventsNeedPipes")
        assert lacks == ({"AWS::Pipes::Pipe"} if told else set()), region


def test_a_region_without_notification_rules_is_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home_regions, "LAMBDA_COMPUTE", (*LAMBDA_COMPUTE, "ap-northeast-3"))
    assert home_regions.possible() == HOME_REGIONS
