"""What values can be, and which ARN formats they fit."""

import pytest

from serverlessapp.rules.policies import arns
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template

from .samples import template

SAMPLE = Template(
    content=template(
        {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Logs": {"Type": "AWS::Logs::LogGroup"},
            "Queue": {"Type": "AWS::SQS::Queue"},
            "Table": {"Type": "AWS::DynamoDB::Table"},
            "Odd": {"Type": "Custom::Odd"},
        },
        Parameters={"Given": {"Type": "String"}},
    )
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("arn:aws:s3:::b", "arn:aws:s3:::b"),
        ({"Ref": "Given"}, "*"),
        ({"Ref": "AWS::AccountId"}, arns.ACCOUNT),
        ({"Ref": "AWS::StackId"}, "*"),
        ({"Ref": "Topic"}, f"arn:aws:sns:sample:{arns.ACCOUNT}:sample"),
        ({"Ref": "Queue"}, "sample"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, f"arn:aws:sqs:sample:{arns.ACCOUNT}:sample"),
        ({"Fn::GetAtt": ["Table", "StreamArn"]}, "*"),
        ({"Fn::GetAtt": ["Odd", "Arn"]}, "*"),
        ({"Fn::GetAtt": ["Missing", "Arn"]}, "*"),
        ({"Fn::ImportValue": "x"}, "*"),
        ({"Fn::Sub": "${Logs.Arn}"}, f"arn:aws:logs:sample:{arns.ACCOUNT}:log-group:sample:*"),
        ({"Fn::Sub": "${AWS::Region}/${Given}/${Queue}"}, "us-west-2/*/sample"),
        ({"Fn::Join": ["/", [{"Ref": "AWS::Region"}, "x"]]}, "us-west-2/x"),
    ],
)
def test_what_a_value_can_be(value: object, text: str) -> None:
    assert list(arns.texts(SAMPLE, Evaluation(template=SAMPLE).value(value))) == [text]


def test_both_branches_count() -> None:
    value = [{"Fn::If": ["A", "a", {"Ref": "AWS::NoValue"}]}, "b"]
    assert list(arns.texts(SAMPLE, Evaluation(template=SAMPLE).value(value))) == ["a", "b"]


@pytest.mark.parametrize(
    ("resource", "arn_format", "fitting"),
    [
        ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}", True),
        ("arn:aws:s3:::b/c", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:s3:::b/c/d", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:s3:::b", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", False),
        ("arn:aws:s3:::b/c", "arn:${Partition}:s3:::${BucketName}", False),
        ("arn:aws:s3:::b*", "arn:${Partition}:s3:::${BucketName}/${ObjectName}", True),
        ("arn:aws:s3:::${aws:username}", "arn:${Partition}:s3:::${BucketName}", True),
        ("arn:aws:sqs:r:1:q", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", True),
        ("arn:aws:s?s:r:1:q", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", True),
        ("arn:*:sqs:*:q", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", True),
        ("arn:aws:sqs:r:q", "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}", False),
        ("arn:aws:iam::1:role/p/r", "arn:${Partition}:iam::${Account}:role/${Role}", True),
        ("arn:aws:iam::1:user/r", "arn:${Partition}:iam::${Account}:role/${Role}", False),
        (
            "arn:aws:logs:r:1:log-group:/aws/lambda/x:*",
            "arn:${Partition}:logs:${Region}:${Account}:log-group:${Name}:log-stream:${Stream}",
            True,
        ),
        ("*", "arn:${Partition}:iam::${Account}:role/${Role}", True),
        ("*" * 5000, "arn:${Partition}:iam::${Account}:role/${Role}", True),
    ],
)
def test_formats(resource: str, arn_format: str, fitting: bool) -> None:
    assert arns.fits(resource, arn_format) is fitting
