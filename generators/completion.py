"""Completion events: each entry of a ledger as an event, if the stack is asked for it.

From the ledger's stream, so the function calls nothing more, and no entry is without its event.
docs/events.md says what an event holds and what may be relied on.
"""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from awacs import sqs as sqs_actions
from troposphere import AWSObject, Sub, Template, cloudwatch, iam, kms, pipes, s3, sns, sqs

from generators import naming, pipe_role
from generators.context import CONSTRAINED, FREE, NEVER, REVIEWED, explained
from generators.lanes import Lane
from generators.ledger import LedgerRefs
from generators.monitoring import alarm, metric
from generators.options import SENDS_EVENTS
from generators.parameters import ParameterRefs
from generators.policies import deny_insecure_transport, document
from generators.processing import ProcessingRefs
from generators.queues import MESSAGE_RETENTION
from generators.retention import Retention

SOURCE = "serverlessapp"
DETAIL_TYPE = "File Processed"
VERSION = "1"  # of the detail: another when a field goes or changes its meaning
# Within the day for which a stream keeps its records (Amazon DynamoDB Developer Guide, "Change data
# capture for DynamoDB Streams"). Until then, what EventBridge does not take holds up its shard.
RECORD_AGE = 6 * 3600  # seconds
ATTEMPTS = 100

Resource = TypeVar("Resource", bound=AWSObject)


@dataclass(frozen=True, kw_only=True)
class CompletionRefs:
    """What the pipes of all lanes share."""

    undelivered: sqs.Queue
    role: iam.Role
    topic: sns.Topic


def add_to(
    template: Template, *, parameters: ParameterRefs, key: kms.Key, topic: sns.Topic
) -> CompletionRefs:
    """Add what the pipes share: where they report what they could not send, its alarm, their role.

    The default bus, not one of the stack: rules of the account are there, and all it can have are
    100 (Amazon EventBridge User Guide, "Amazon EventBridge quotas").
    """
    add = partial(conditional, template)
    undelivered = add(
        sqs.Queue(
            "UndeliveredEvents",
            Metadata=explained(
                "Stream positions of entries that could not be sent as events after all retries.",
                mutable=FREE,
            ),
            SqsManagedSseEnabled=True,
            MessageRetentionPeriod=MESSAGE_RETENTION,
            RedriveAllowPolicy={"redrivePermission": "denyAll"},  # for the pipes, not for queues
            **Retention.EPHEMERAL.policies,
        )
    )
    add(
        sqs.QueuePolicy(
            "UndeliveredEventsPolicy",
            Metadata=explained(
                "Requires TLS: SQS accepts plain HTTP, too. The pipes have their own permissions.",
                mutable=REVIEWED,
            ),
            Queues=[undelivered.ref()],
            PolicyDocument=document(
                deny_insecure_transport(sqs_actions.Action("*"), undelivered.get_att("Arn"))
            ),
        )
    )
    add(
        undelivered_alarm(
            "UndeliveredEventsAlarm",
            "Files were processed, but consumers do not receive the events. Until it is repaired, "
            "they can read the ledger.",
            "Events for ledger entries could not be delivered.",
            topic,
            **metric(
                "AWS/SQS",
                {"QueueName": undelivered.get_att("QueueName")},
                "ApproximateNumberOfMessagesVisible",
                Statistic="Maximum",
            ),
            EvaluationPeriods=1,
        )
    )
    role = add(pipe_role.role(parameters, undelivered=undelivered, key=key))
    return CompletionRefs(undelivered=undelivered, role=role, topic=topic)


def add_pipe_to(
    template: Template,
    lane: Lane,
    *,
    parameters: ParameterRefs,
    shared: CompletionRefs,
    bucket: s3.Bucket,
    ledger: LedgerRefs,
    processing: ProcessingRefs,
) -> None:
    """Add a lane's pipe, and the alarm for it.

    The pipe needs nothing of the lane's mapping, but waits for it: EventBridge refuses a pipe as
    long as IAM does not know what its role was just granted, here for the stream of this lane
    (aws/aws-cdk#31211 and #31664; IAM User Guide, "Changes that I make are not always immediately
    visible").

    Source: Amazon EventBridge User Guide, "Amazon DynamoDB stream as a source for EventBridge
    Pipes", "Amazon EventBridge Pipes input transformation", and of the alarm "Amazon EventBridge
    Pipes error handling and troubleshooting" and "Logging and monitoring Amazon EventBridge Pipes".

    Without a log: to make one, a pipe has whoever deploys it change log deliveries and resource
    policies of the whole account (its schema, ``handlers``), which no push should.
    """
    add = partial(conditional, template)
    role = shared.role
    pipe_role.read_stream(role, ledger)
    stream = pipes.PipeSourceDynamoDBStreamParameters(
        StartingPosition="TRIM_HORIZON",
        BatchSize=10,  # the most that PutEvents takes
        MaximumRecordAgeInSeconds=RECORD_AGE,
        MaximumRetryAttempts=ATTEMPTS,
        OnPartialBatchItemFailure="AUTOMATIC_BISECT",
        DeadLetterConfig=pipes.DeadLetterConfig(Arn=shared.undelivered.get_att("Arn")),
    )
    # DynamoDB deletes what expired: that is no file that was processed.
    written = pipes.Filter(Pattern=json.dumps({"eventName": ["INSERT", "MODIFY"]}))
    pipe = add(
        pipes.Pipe(
            lane.logical_id("CompletionEventPipe"),
            Metadata=explained(
                "Sends each new ledger entry as an event, in stream order.",
                mutable=REVIEWED,
                must=[
                    "Retries are limited: a failing entry must not block those after it.",
                    f"The name must not change: {role.title} refers to it before the pipe exists.",
                    f"Depends on {processing.mapping.title}, to be created late: EventBridge "
                    "refuses a pipe whose role was granted permissions moments ago.",
                    "The entry must be passed on in DynamoDB's format, with numbers as strings, "
                    "or its signature does not verify.",
                    f"Fields of detail version {VERSION} must not change: consumers rely on them.",
                ],
                mutability={"Name": NEVER, "TargetParameters": CONSTRAINED},
            ),
            DependsOn=[processing.mapping.title],
            Name=naming.rule_name(lane.processor, parameters.environment_suffix),
            RoleArn=role.get_att("Arn"),
            Source=ledger.table.get_att("StreamArn"),
            SourceParameters=pipes.PipeSourceParameters(
                DynamoDBStreamParameters=stream,
                FilterCriteria=pipes.FilterCriteria(Filters=[written]),
            ),
            Target=Sub(pipe_role.BUS),
            TargetParameters=pipes.PipeTargetParameters(
                EventBridgeEventBusParameters=pipes.PipeTargetEventBridgeEventBusParameters(
                    Source=SOURCE, DetailType=DETAIL_TYPE
                ),
                InputTemplate=Sub(detail(lane), Bucket=bucket.ref()),
            ),
        )
    )
    add(
        undelivered_alarm(
            lane.logical_id("CompletionEventPipeAlarm"),
            "Events are late. EventBridge may stop a pipe whose requests are refused repeatedly; "
            "then nothing arrives in UndeliveredEvents.",
            f"The pipe that sends events of {lane.name} fails.",
            shared.topic,
            **metric(
                "AWS/EventBridge/Pipes",
                {"PipeName": pipe.ref()},
                "ExecutionFailed",
                Statistic="Sum",
            ),
            # One failure is retried.
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
        )
    )


def undelivered_alarm(
    title: str, why: str, description: str, topic: sns.Topic, **properties: Any
) -> cloudwatch.Alarm:
    """Return an alarm that goes off for one event or more that was not sent."""
    return alarm(
        title,
        topic,
        Metadata=explained(why, mutable=FREE),
        AlarmDescription=f'{description} See docs/events.md, "Undelivered events".',
        Threshold=1,
        **properties,
    )


def detail(lane: Lane) -> str:
    """Return the input template: ``<$.path>`` stands for JSON from the stream's record."""
    known = {
        "version": VERSION,
        "stack": "${AWS::StackName}",
        "processor": lane.name,
        "bucket": "${Bucket}",
    }
    return f'{json.dumps(known)[:-1]}, "entry": <$.dynamodb.NewImage>}}'


def conditional(template: Template, resource: Resource) -> Resource:
    """Add a resource that is there when the stack sends events, and return it."""
    resource.Condition = SENDS_EVENTS
    template.add_resource(resource)
    return resource
