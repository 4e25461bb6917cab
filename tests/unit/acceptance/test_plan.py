"""What a run makes is counted from the templates, and priced."""

from tests.acceptance import plan
from tests.acceptance.configuration import TaskcatTest
from tests.acceptance.taskcat import ROOT

REGIONS = ("us-west-2", "us-east-1", "eu-west-1")
TESTS = [
    TaskcatTest(
        name=encryption,
        template=ROOT / "templates/application-ephemeral.yaml",
        regions=REGIONS,
        parameters={"Encryption": encryption},
    )
    for encryption in ("AwsManaged", "CustomerManaged")
]


def test_what_is_made_is_counted_per_region() -> None:
    made = plan.resources(TESTS)
    assert made["AWS::DynamoDB::Table"] == 6
    assert made["AWS::KMS::Key"] == 3
    assert made["AWS::CloudWatch::Alarm"] == 8 * 6


def test_the_estimate_is_an_hour_of_everything_with_a_price() -> None:
    assert plan.estimate({"AWS::KMS::Key": 730, "AWS::SQS::Queue": 1000}) == 1.0
    assert 0.02 < plan.estimate(plan.resources(TESTS)) < 1
