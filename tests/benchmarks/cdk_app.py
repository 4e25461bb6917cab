"""An AWS CDK app of as many resources as it is told: what ``cdk synth`` runs, without the CLI.

    CDK_OUTDIR=FOLDER python cdk_app.py RESOURCES

It stands for an ordinary stack, not for ours: buckets, queues, topics, tables, log groups,
functions and alarms in turn, each a construct of the library (L2) with about the options that
ours set, but nothing wired from one to the other, and hardly any code in the functions.
"""

import itertools
import sys
from collections.abc import Callable

from aws_cdk import App, Duration, RemovalPolicy, Stack, Tags
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

NAME = "Benchmark"
CODE = "def handler(event, context):\n    return {}\n"


def bucket(stack: Stack, name: str) -> None:
    """Add a bucket and its policy."""
    s3.Bucket(
        stack,
        name,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        encryption=s3.BucketEncryption.S3_MANAGED,
        enforce_ssl=True,
        lifecycle_rules=[s3.LifecycleRule(noncurrent_version_expiration=Duration.days(90))],
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=RemovalPolicy.RETAIN,
        versioned=True,
    )


def queue(stack: Stack, name: str) -> None:
    """Add a queue and its policy."""
    sqs.Queue(
        stack,
        name,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
        visibility_timeout=Duration.minutes(6),
    )


def topic(stack: Stack, name: str) -> None:
    """Add a topic and its policy."""
    sns.Topic(stack, name, enforce_ssl=True)


def table(stack: Stack, name: str) -> None:
    """Add a table."""
    dynamodb.Table(
        stack,
        name,
        partition_key=dynamodb.Attribute(name="key", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        deletion_protection=True,
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        time_to_live_attribute="expires",
    )


def log_group(stack: Stack, name: str) -> None:
    """Add a log group."""
    logs.LogGroup(stack, name, retention=logs.RetentionDays.ONE_WEEK)


def function(stack: Stack, name: str) -> None:
    """Add a function and its role."""
    lambda_.Function(
        stack,
        name,
        architecture=lambda_.Architecture.ARM_64,
        code=lambda_.Code.from_inline(CODE),
        environment={"ENVIRONMENT": "dev"},
        handler="index.handler",
        logging_format=lambda_.LoggingFormat.JSON,
        memory_size=256,
        runtime=lambda_.Runtime.PYTHON_3_13,
        timeout=Duration.minutes(1),
    )


def alarm(stack: Stack, name: str) -> None:
    """Add an alarm."""
    cloudwatch.Alarm(
        stack,
        name,
        alarm_description="Look for ERROR in the log.",
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=1,
        metric=cloudwatch.Metric(namespace=NAME, metric_name=name, period=Duration.minutes(5)),
        threshold=0,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )


# How many resources a construct becomes, and what adds it.
CONSTRUCTS: tuple[tuple[int, Callable[[Stack, str], None]], ...] = (
    (2, bucket),
    (2, queue),
    (2, topic),
    (1, table),
    (1, log_group),
    (2, function),
    (1, alarm),
)


def fill(stack: Stack, resources: int) -> None:
    """Add constructs of all kinds in turn, until the stack has so many resources."""
    for number in itertools.count():
        for size, add_to in CONSTRUCTS:
            if size <= resources:
                add_to(stack, f"{add_to.__name__}{number}")
                resources -= size
        if not resources:
            return


if __name__ == "__main__":
    app = App()
    Tags.of(app).add("Project", NAME)
    fill(Stack(app, NAME), int(sys.argv[1]))
    app.synth()
