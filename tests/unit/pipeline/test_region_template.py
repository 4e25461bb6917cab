"""The bucket in another Region is the one that the pipeline expects there."""

from generators.render import render
from pipeline.region_template import build
from pipeline.regions import EXTRA
from serverlessapp.template.reading import load

from .rendered import ALL_REGIONS, RESOURCES, pipeline

TEMPLATE = load(render(build()))
BUCKET = TEMPLATE["Resources"]["ArtifactBucket"]


def test_the_name_is_the_expected_one() -> None:
    name = BUCKET["Properties"]["BucketName"]["Fn::Sub"]
    stores = pipeline(ALL_REGIONS)["ArtifactStores"][1:]
    expected = {s["Region"]: s["ArtifactStore"]["Location"]["Fn::Sub"] for s in stores}
    assert expected == {r.name: name.replace("${AWS::Region}", r.name) for r in EXTRA}


def test_the_name_fits() -> None:
    name = BUCKET["Properties"]["BucketName"]["Fn::Sub"]
    longest = name.replace("${AWS::AccountId}", "1" * 12).replace("${AWS::Region}", "x" * 14)
    assert "$" not in longest
    assert len(longest) <= 63


def test_it_is_kept_like_the_one_at_home() -> None:
    home = dict(RESOURCES["ArtifactBucket"]["Properties"])
    there = dict(BUCKET["Properties"])
    for properties in (home, there):
        properties.pop("Tags")
    del there["BucketName"]
    assert there == home
    assert BUCKET["DeletionPolicy"] == RESOURCES["ArtifactBucket"]["DeletionPolicy"]


def test_nothing_has_to_be_filled_in() -> None:
    assert "Parameters" not in TEMPLATE
