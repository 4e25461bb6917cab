"""What expressions stand for, and which ARN formats they fit."""

import pytest

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.templates import Template

from .samples import template

SAMPLE = template(
    {
        "Topic": {"Type": "AWS::SNS::Topic"},
        "Logs": {"Type": "AWS::Logs::LogGroup"},
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Odd": {"Type": "Custom::Odd::Thing"},
    },
    Parameters={"Given": {"Type": "String"}},
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("arn:aws:s3:::b", "arn:aws:s3:::b"),
        ({"Ref": "Given"}, arns.UNKNOWN),
        ({"Ref": "AWS::AccountId"}, arns.ACCOUNT),
        ({"Ref": "Topic"}, f"arn:aws:sns:sample:{arns.ACCOUNT}:sample"),
        ({"Ref": "Queue"}, "sample"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, f"arn:aws:sqs:sample:{arns.ACCOUNT}:sample"),
        ({"Fn::GetAtt": ["Queue", "QueueName"]}, "sample"),
        ({"Fn::Sub": "${Logs.Arn}"}, f"arn:aws:logs:sample:{arns.ACCOUNT}:log-group:sample:*"),
        ({"Fn::Sub": "${AWS::Region}/${Given}/${Queue}"}, "us-west-2/sample/sample"),
        ({"Fn::Sub": ["${A}-${B}", {"A": "a", "B": {"Fn::Select": [0, []]}}]}, "a-sample"),
        ({"Fn::Join": ["/", [{"Ref": "AWS::Region"}, "x"]]}, "us-west-2/x"),
    ],
)
def test_what_an_expression_stands_for(value: object, text: str) -> None:
    assert list(arns.texts(SAMPLE, value)) == [text]


def test_both_branches_count() -> None:
    assert list(arns.texts(SAMPLE, [{"Fn::If": ["C", "a", {"Ref": "AWS::NoValue"}]}, "b"])) == [
        "a",
        "b",
    ]


def test_a_resource_nobody_published_is_named() -> None:
    sample: Template = SAMPLE
    with pytest.raises(LookupError, match="Custom::Odd::Thing"):
        list(arns.texts(sample, {"Fn::GetAtt": ["Odd", "Arn"]}))


@pytest.mark.parametrize(
    ("resource", "arn_format", "fitting"),
    [
        ("arn:aws:s3:::b/a/c", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", False),
        ("arn:aws:s3:::b/c", "arn:${Partition}:s3:::${BucketName}", False),
        ("arn:aws:s3:::b*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:sqs:r:1:q", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", True),
        ("arn:*:sqs:*:q", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", True),
        ("arn:aws:sqs:r:q", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", False),
        ("arn:aws:iam::1:role/p/r", "arn:${Partition}:iam::${Account}:role/${Role}", True),
        ("arn:aws:iam::1:user/r", "arn:${Partition}:iam::${Account}:role/${Role}", False),
        ("*", "arn:${Partition}:iam::${Account}:role/${Role}", True),
    ],
)
def test_formats(resource: str, arn_format: str, fitting: bool) -> None:
    assert arns.fits(resource, arn_format) is fitting
