"""What a run makes is counted from the templates, and priced."""

import json
import re

from tests.acceptance import costs
from tests.acceptance.staging import ROOT
from tests.acceptance.tests import read

TESTS = read(ROOT)


def test_what_is_made_is_counted_per_region() -> None:
    made = costs.resources(TESTS)
    stacks = sum(len(test.regions) for test in TESTS)
    assert made["AWS::DynamoDB::Table"] == stacks
    assert made["AWS::KMS::Key"] == 3
    assert made["AWS::CloudWatch::Alarm"] == 8 * stacks


def test_the_estimate_is_an_hour_of_everything_with_a_price() -> None:
    assert costs.estimate({"AWS::KMS::Key": 730, "AWS::SQS::Queue": 1000}) == 1.0
    assert 0.05 < costs.estimate(costs.resources(TESTS)) < 1


def test_prices_have_a_date_and_a_source() -> None:
    content = json.loads(costs.PRICES.read_text())
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", content["read"])
    for price in content["prices"].values():
        assert price["source"].startswith("https://aws.amazon.com/")
