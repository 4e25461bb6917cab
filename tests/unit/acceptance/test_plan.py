"""What a run makes is counted from the templates, and priced."""

from tests.acceptance import plan
from tests.acceptance.configuration import read
from tests.acceptance.taskcat import ROOT

TESTS = read(ROOT)


def test_what_is_made_is_counted_per_region() -> None:
    made = plan.resources(TESTS)
    stacks = sum(len(test.regions) for test in TESTS)
    assert made["AWS::DynamoDB::Table"] == stacks
    assert made["AWS::KMS::Key"] == 3
    assert made["AWS::CloudWatch::Alarm"] == 8 * stacks


def test_the_estimate_is_an_hour_of_everything_with_a_price() -> None:
    assert plan.estimate({"AWS::KMS::Key": 730, "AWS::SQS::Queue": 1000}) == 1.0
    assert 0.05 < plan.estimate(plan.resources(TESTS)) < 1
