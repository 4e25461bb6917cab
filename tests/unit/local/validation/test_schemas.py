"""Schemas are those of the Region, and custom resources have none."""

from typing import Any

import pytest
from ministack.services.cloudformation import provisioners

from local.validation import schemas
from local.validation.schemas import mistakes

RULE = "AWS::CodeStarNotifications::NotificationRule"


def test_a_type_is_not_in_every_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "get_region", lambda: "ap-south-2")
    assert list(mistakes(RULE, {})) == [
        f"Template format error: Unrecognized resource types: [{RULE}]"
    ]
    assert not list(mistakes("AWS::SQS::Queue", {}))


@pytest.mark.parametrize("region", ["me-south-1", "xx-new-1"])
def test_of_a_region_without_published_schemas_all_types_are_taken(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setattr(schemas, "get_region", lambda: region)
    assert not list(mistakes("AWS::SQS::Queue", {}))
    assert list(mistakes("AWS::SQS::Queue", {"Retention": 60}))
    assert list(mistakes("AWS::Made::Up", {}))


@pytest.mark.parametrize("kind", ["Custom::Anything", "AWS::CloudFormation::CustomResource"])
def test_a_custom_resource_takes_anything(kind: str) -> None:
    assert not list(mistakes(kind, {"ServiceToken": "arn", "Own": {"deep": [1]}}))


@pytest.mark.parametrize(
    ("kind", "own"),
    [
        (
            "AWS::AutoScaling::AutoScalingGroup",
            {"MinSize": "0", "MaxSize": "1", "LaunchConfigurationName": "c"},
        ),
        ("AWS::Cognito::IdentityPool", {"AllowUnauthenticatedIdentities": False}),
        (
            "AWS::Cognito::IdentityPool",
            {
                "AllowUnauthenticatedIdentities": False,
                "IdentityPoolTags": [{"Key": "k", "Value": "v"}],
            },
        ),
        ("AWS::ApiGatewayV2::Api", {"Name": "n", "ProtocolType": "HTTP", "Tags": {"k": "v"}}),
    ],
)
def test_the_tags_of_cloudformation_itself_are_no_mistake(kind: str, own: dict[str, Any]) -> None:
    tagged = provisioners._with_stack_tags(kind, own, [], "stack", "id", "Title")
    assert "aws:cloudformation:stack-name" in str(tagged)
    assert not list(mistakes(kind, tagged))
