"""The queue of uploads that wait, and the one of those that need a person."""

from dataclasses import dataclass

from aws_cdk import Aws, Duration, RemovalPolicy, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from tests.benchmarks.cdk_stack.choices import Choices
from tests.benchmarks.cdk_stack.form import Form
from tests.benchmarks.cdk_stack.names import Names


@dataclass(frozen=True)
class Queues:
    """Both queues."""

    ingest: sqs.Queue
    dead_letter: sqs.Queue


def add_to(stack: Stack, form: Form, choices: Choices, names: Names) -> Queues:
    """Add the queues and their policies to the stack."""
    source = sqs.Queue.from_queue_arn(stack, "IngestQueueByName", names.ingest_queue_arn)
    dead_letter = sqs.Queue(
        stack,
        "DeadLetterQueue",
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
        redrive_allow_policy=sqs.RedriveAllowPolicy(source_queues=[source]),
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    visibility = choices.timeouts.find_in_map(form.timeout.value_as_string, "Visibility")
    ingest = sqs.Queue(
        stack,
        "IngestQueue",
        queue_name=names.ingest_queue,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=Duration.days(14),
        visibility_timeout=Duration.seconds(Token.as_number(visibility)),
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letter, max_receive_count=3),
        redrive_allow_policy=sqs.RedriveAllowPolicy(
            redrive_permission=sqs.RedrivePermission.DENY_ALL
        ),
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    ingest.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AcceptUploadEvents",
            principals=[iam.ServicePrincipal("s3.amazonaws.com")],
            actions=["sqs:SendMessage"],
            resources=[ingest.queue_arn],
            conditions={
                "ArnEquals": {"aws:SourceArn": names.upload_bucket_arn},
                "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            },
        )
    )
    return Queues(ingest, dead_letter)
