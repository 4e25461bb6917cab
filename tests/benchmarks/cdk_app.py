"""An AWS CDK app of as many resources as it is told: what ``cdk synth`` runs, without the CLI.

    CDK_OUTDIR=FOLDER python cdk_app.py RESOURCES

It stands for an ordinary stack, not for ours: buckets, queues, topics, tables, log groups,
functions and alarms in turn, each a construct of the library (L2) with the options that most
people set, nothing from one to the other, and hardly any code in the functions.
"""

import itertools
import sys
from collections.abc import Callable

from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

NAME = "Benchmark"
CODE = "def handler(event, context):\n    return {}\n"

# By kind: how many resources a construct becomes, and what makes it.
CONSTRUCTS: dict[str, tuple[int, Callable[[Stack, str], object]]] = {
    "Bucket": (2, lambda stack, name: s3.Bucket(stack, name, enforce_ssl=True, versioned=True)),
    "Queue": (
        2,
        lambda stack, name: sqs.Queue(
            stack, name, enforce_ssl=True, retention_period=Duration.days(14)
        ),
    ),
    "Topic": (2, lambda stack, name: sns.Topic(stack, name, enforce_ssl=True)),
    "Table": (
        1,
        lambda stack, name: dynamodb.Table(
            stack,
            name,
            partition_key=dynamodb.Attribute(name="key", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        ),
    ),
    "Log": (
        1,
        lambda stack, name: logs.LogGroup(
            stack,
            name,
            retention=logs.RetentionDays.ONE_WEEK,
            removal_policy=RemovalPolicy.DESTROY,
        ),
    ),
    "Function": (
        2,  # and its role
        lambda stack, name: lambda_.Function(
            stack,
            name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            handler="index.handler",
            code=lambda_.Code.from_inline(CODE),
        ),
    ),
    "Alarm": (
        1,
        lambda stack, name: cloudwatch.Alarm(
            stack,
            name,
            metric=cloudwatch.Metric(namespace=NAME, metric_name=name),
            threshold=1,
            evaluation_periods=1,
        ),
    ),
}


def fill(stack: Stack, resources: int) -> None:
    """Add constructs of all kinds in turn, until the stack has so many resources."""
    for number in itertools.count():
        for kind, (size, make) in CONSTRUCTS.items():
            if size <= resources:
                make(stack, f"{kind}{number}")
                resources -= size
        if not resources:
            return


if __name__ == "__main__":
    app = App()
    fill(Stack(app, NAME), int(sys.argv[1]))
    app.synth()
