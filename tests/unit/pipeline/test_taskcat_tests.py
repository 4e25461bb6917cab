"""What taskcat is to make follows from the lanes, and the templates have the parameters for it."""

from collections.abc import Sequence

import pytest
import yaml

from generators import application
from generators.lanes import Lane
from generators.retention import Retention
from pipeline.delivery import Delivery
from pipeline.taskcat_tests import configuration
from tests.fixture_lanes import lane

HOUSES = {
    "receipts": [lane()],
    "receipts and more": [lane(), lane("csv", source="eventbridge", suffixes=[".csv"])],
    "others": [lane("csv", folder="reports/"), lane("xml", folder="forms/")],
}


@pytest.mark.parametrize("lanes", HOUSES.values(), ids=HOUSES)
def test_every_parameter_without_a_default_is_given_and_there_is_none_more(
    lanes: Sequence[Lane],
) -> None:
    read = yaml.safe_load(configuration(lanes))
    form = application.build(Retention.EPHEMERAL, lanes).to_dict()["Parameters"]
    required = {name for name, parameter in form.items() if "Default" not in parameter}
    for name, test in read["tests"].items():
        given = {**test.get("parameters", {}), **read["project"]["parameters"]}
        assert required <= given.keys() <= form.keys(), name


@pytest.mark.parametrize("lanes", HOUSES.values(), ids=HOUSES)
def test_a_package_is_brought_only_to_the_lane_that_can_do_without(lanes: Sequence[Lane]) -> None:
    tests = yaml.safe_load(configuration(lanes))["tests"]
    assert ("zipped" in tests) == any(each.is_first for each in lanes)


def test_regions_are_those_of_the_delivery() -> None:
    there = Delivery(environments=(), taskcat_regions=("eu-west-1", "sa-east-1"))
    read = yaml.safe_load(configuration([lane()], there))
    assert read["project"]["regions"] == ["eu-west-1", "sa-east-1"]
