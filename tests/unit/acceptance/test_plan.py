"""What a run makes is counted from the templates, and priced."""

from pathlib import Path

import pytest

from tests.acceptance import plan
from tests.acceptance.configuration import TaskcatTest
from tests.generated import generated

REGIONS = ("us-west-2", "us-east-1", "eu-west-1")


@pytest.fixture
def tests(tmp_path: Path) -> list[TaskcatTest]:
    template = tmp_path / "application-ephemeral.yaml"
    template.write_bytes(generated()["application-ephemeral"])
    return [
        TaskcatTest(
            name=encryption,
            template=template,
            regions=REGIONS,
            parameters={"Encryption": encryption},
        )
        for encryption in ("AwsManaged", "CustomerManaged")
    ]


def test_what_is_made_is_counted_per_region(tests: list[TaskcatTest]) -> None:
    made = plan.resources(tests)
    assert made["AWS::DynamoDB::Table"] == 6
    assert made["AWS::KMS::Key"] == 3
    assert made["AWS::CloudWatch::Alarm"] == 8 * 6


def test_the_estimate_is_an_hour_of_everything_with_a_price(tests: list[TaskcatTest]) -> None:
    assert plan.estimate({"AWS::KMS::Key": 730, "AWS::SQS::Queue": 1000}) == 1.0
    assert 0.02 < plan.estimate(plan.resources(tests)) < 1
