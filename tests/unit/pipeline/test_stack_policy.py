"""What the generated stack policy refuses, by the rules of CloudFormation's guide."""

from collections.abc import Sequence

import pytest

from generators import application
from generators.editions import Edition
from generators.lanes import Lane
from generators.retention import Retention
from pipeline.stack_policy import policy
from serverlessapp.diff.data import STATEFUL
from tests.fixture_lanes import lane

HOUSES = {
    "receipts": [lane()],
    "both": [lane(), lane("csv", source="eventbridge")],
    "csv": [lane("csv")],
}


def refuses(action: str, name: str, kind: str) -> bool:
    """Evaluate it as "Prevent updates to stack resources" says: a deny wins over an allow."""
    effects = {
        each["Effect"]
        for each in policy()["Statement"]
        if each["Action"] in ("Update:*", action)
        and (each["Resource"] == "*" or f"LogicalResourceId/{name}" in each["Resource"])
        and kind in each.get("Condition", {}).get("StringEquals", {}).get("ResourceType", [kind])
    }
    return "Deny" in effects or "Allow" not in effects


@pytest.mark.parametrize("lanes", HOUSES.values(), ids=HOUSES)
def test_nothing_that_holds_data_is_replaced_and_all_else_can_be(lanes: Sequence[Lane]) -> None:
    resources = application.build(Retention.RETAINED, lanes).to_dict()["Resources"]
    refused = {n for n, r in resources.items() if refuses("Update:Replace", n, r["Type"])}
    assert refused == {n for n, r in resources.items() if r["Type"] in STATEFUL}
    assert {"UploadBucket", lanes[-1].logical_id("Ledger")} <= refused
    assert not any(refuses("Update:Modify", n, r["Type"]) for n, r in resources.items())


@pytest.mark.parametrize("edition", [Edition.RETAINED, Edition.EXISTING_BUCKET])
def test_it_names_what_its_template_has(edition: Edition) -> None:
    named = {each.partition("/")[2] for each in policy(edition)["Statement"][-1]["Resource"]}
    assert named <= edition.build().to_dict()["Resources"].keys()
    assert "Secret" in named


@pytest.mark.parametrize("lanes", HOUSES.values(), ids=HOUSES)
def test_what_is_shared_stays_and_a_removed_lane_goes(lanes: Sequence[Lane]) -> None:
    with_all = application.build(Retention.RETAINED, lanes).to_dict()["Resources"]
    others = [lane("xml", source="eventbridge")]
    without = application.build(Retention.RETAINED, others).to_dict()["Resources"]
    for name in with_all.keys() - without.keys():
        assert not refuses("Update:Delete", name, with_all[name]["Type"]), name
    kept = [n for n in with_all.keys() & without.keys() if "DeletionPolicy" in with_all[n]]
    assert {"EncryptionKey", "Secret", "UploadBucket"} <= set(kept)
    for name in kept:
        assert refuses("Update:Delete", name, with_all[name]["Type"]), name
    named = {each.partition("/")[2] for each in policy()["Statement"][-1]["Resource"]}
    assert named == set(kept)
