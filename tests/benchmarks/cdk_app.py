"""An AWS CDK app of as many resources as it is told: what ``cdk synth`` runs, without the CLI.

    CDK_OUTDIR=FOLDER python cdk_app.py RESOURCES

It stands for an ordinary stack, not for ours: constructs of the library (L2) in turn, each with
about the options that ours set, but nothing wired from one to the other, and hardly any code in the
functions.
"""

import itertools
import sys
from typing import Any

from aws_cdk import App, Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

NAME = "Benchmark"
# How many resources a construct becomes (policies and roles are theirs), and its options.
CONSTRUCTS: tuple[tuple[int, Any, dict[str, Any]], ...] = (
    (
        2,
        s3.Bucket,
        {
            "block_public_access": s3.BlockPublicAccess.BLOCK_ALL,
            "encryption": s3.BucketEncryption.S3_MANAGED,
            "enforce_ssl": True,
            "lifecycle_rules": [s3.LifecycleRule(noncurrent_version_expiration=Duration.days(90))],
            "object_ownership": s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            "removal_policy": RemovalPolicy.RETAIN,
            "versioned": True,
        },
    ),
    (
        2,
        sqs.Queue,
        {
            "encryption": sqs.QueueEncryption.SQS_MANAGED,
            "enforce_ssl": True,
            "retention_period": Duration.days(14),
            "visibility_timeout": Duration.minutes(6),
        },
    ),
    (2, sns.Topic, {"enforce_ssl": True}),
    (
        1,
        dynamodb.Table,
        {
            "partition_key": dynamodb.Attribute(name="key", type=dynamodb.AttributeType.STRING),
            "billing_mode": dynamodb.BillingMode.PAY_PER_REQUEST,
            "deletion_protection": True,
            "time_to_live_attribute": "expires",
        },
    ),
    (1, logs.LogGroup, {"retention": logs.RetentionDays.ONE_WEEK}),
    (
        2,
        lambda_.Function,
        {
            "architecture": lambda_.Architecture.ARM_64,
            "code": lambda_.Code.from_inline("def handler(event, context):\n    return {}\n"),
            "environment": {"ENVIRONMENT": "dev"},
            "handler": "index.handler",
            "logging_format": lambda_.LoggingFormat.JSON,
            "memory_size": 256,
            "runtime": lambda_.Runtime.PYTHON_3_13,
            "timeout": Duration.minutes(1),
        },
    ),
    (
        1,
        cloudwatch.Alarm,
        {
            "alarm_description": "Look for ERROR in the log.",
            "evaluation_periods": 1,
            "metric": cloudwatch.Metric(namespace=NAME, metric_name="Errors"),
            "threshold": 0,
            "treat_missing_data": cloudwatch.TreatMissingData.NOT_BREACHING,
        },
    ),
)


def fill(stack: Stack, resources: int) -> None:
    """Add constructs of all kinds in turn, until the stack has so many resources."""
    for number in itertools.count():
        for size, construct, options in CONSTRUCTS:
            if size <= resources:
                construct(stack, f"{construct.__name__}{number}", **options)
                resources -= size
        if not resources:
            return


if __name__ == "__main__":
    app = App()
    Tags.of(app).add("Project", NAME)
    fill(Stack(app, NAME), int(sys.argv[1]))
    app.synth()
