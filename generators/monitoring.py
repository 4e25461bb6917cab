"""What wakes somebody up: the alarm topic and the alarms."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from awacs import sns as sns_actions
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement
from troposphere import FindInMap, If, NoValue, Ref, StackName, Sub, Template, cloudwatch, kms, sns

from generators.parameters import (
    CUSTOMER_MANAGED_KEY,
    HAS_ALARM_EMAIL,
    TIMEOUT_MAPPING,
    ParameterRefs,
)
from generators.policies import deny_insecure_transport, document
from generators.processing import PROCESSOR_NAME, ProcessingRefs
from generators.queues import QueueRefs

NAMESPACE = "ServerlessApp/Lambda"  # the runtime's own metrics
FIVE_MINUTES = 300  # seconds
SLOW_MS = 30_000

# What a bad version causes at once: crashes, and files that fail. A pipeline watches them after it
# deployed, so it has to know their names before the stack exists. A backlog or a parked file
# may be older than the version.
WATCHED = ("FunctionErrorsAlarm", "ProcessingErrorsAlarm")


@dataclass(frozen=True, kw_only=True)
class MonitoringRefs:
    """What later generators need from monitoring."""

    topic: sns.Topic


def add_to(
    template: Template,
    *,
    parameters: ParameterRefs,
    processing: ProcessingRefs,
    queues: QueueRefs,
    key: kms.Key,
) -> MonitoringRefs:
    """Add the topic, its subscription when there is an address, and every alarm."""
    topic = template.add_resource(
        sns.Topic(
            "AlarmTopic",
            # Not under alias/aws/sns: CloudWatch may not use that key, and stays silent.
            KmsMasterKeyId=If(CUSTOMER_MANAGED_KEY, key.get_att("Arn"), NoValue),
        )
    )
    template.add_resource(
        sns.TopicPolicy(
            "AlarmTopicPolicy",
            Topics=[topic.ref()],
            PolicyDocument=document(
                accept_alarms(topic), deny_insecure_transport(sns_actions.Publish, topic.ref())
            ),
        )
    )
    template.add_resource(
        sns.SubscriptionResource(
            "AlarmSubscription",
            Condition=HAS_ALARM_EMAIL,
            TopicArn=topic.ref(),
            Protocol="email",
            Endpoint=Ref(parameters.alarm_email),
        )
    )
    for title, properties in alarms(parameters, processing, queues).items():
        if title in WATCHED:
            properties["AlarmName"] = name_of(title)
        template.add_resource(
            cloudwatch.Alarm(
                title,
                AlarmActions=[topic.ref()],
                ComparisonOperator="GreaterThanOrEqualToThreshold",
                Period=FIVE_MINUTES,
                # No uploads, no data: that is no alarm.
                TreatMissingData="notBreaching",
                **properties,
            )
        )
    return MonitoringRefs(topic=topic)


def name_of(title: str) -> Sub:
    """Return the name of an alarm that others know: a stack's name is unique in its Region."""
    return Sub(f"${{AWS::StackName}}-{title}")


def accept_alarms(topic: sns.Topic) -> Statement:
    """Let this stack's alarms publish.

    The ARN has the account in it, so ``aws:SourceAccount`` would add nothing (IAM User Guide,
    "The confused deputy problem").

    Source: Amazon SNS Developer Guide, "Example cases for Amazon SNS access control".
    """
    alarm_arns = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
    return Statement(
        Sid="AcceptAlarms",
        Effect=Allow,
        Principal=Principal("Service", "cloudwatch.amazonaws.com"),
        Action=[sns_actions.Publish],
        Resource=[topic.ref()],
        Condition=Condition([ArnLike({"aws:SourceArn": Sub(alarm_arns + "${AWS::StackName}-*")})]),
    )


def alarms(
    parameters: ParameterRefs, processing: ProcessingRefs, queues: QueueRefs
) -> dict[str, dict[str, Any]]:
    """Return each alarm's own properties by logical ID."""
    function = partial(metric, "AWS/Lambda", {"FunctionName": processing.function.ref()})
    ingest = partial(metric, "AWS/SQS", {"QueueName": queues.ingest.get_att("QueueName")})
    dead_letter = partial(metric, "AWS/SQS", {"QueueName": queues.dead_letter.get_att("QueueName")})
    own = partial(metric, NAMESPACE, {"StackName": StackName, "Processor": PROCESSOR_NAME})
    once: dict[str, Any] = {"Threshold": 1, "EvaluationPeriods": 1}
    slow: dict[str, Any] = {"Threshold": SLOW_MS, "EvaluationPeriods": 2}
    return {
        "FunctionErrorsAlarm": {
            "AlarmDescription": "An invocation crashed or timed out; SQS delivers its files again. "
            "Look for ERROR in the function's log.",
            **function("Errors", Statistic="Sum"),
            **once,
        },
        "FunctionDurationAlarm": {
            "AlarmDescription": "Batches take 30 s on average. Raise FunctionMemory, or look for "
            "what is slow in the log (milliseconds).",
            **function("Duration", Statistic="Average"),
            **slow,
        },
        "FunctionDurationP99Alarm": {
            "AlarmDescription": "The slowest 1 % of batches take 30 s. Raise FunctionTimeout or "
            "FunctionMemory before they time out.",
            **function("Duration", ExtendedStatistic="p99"),
            **slow,
        },
        "FunctionThrottlesAlarm": {
            "AlarmDescription": "Lambda refused invocations; files wait in the queue. Raise the "
            "account's concurrency or lower MaximumConcurrency.",
            **function("Throttles", Statistic="Sum"),
            **once,
        },
        "BacklogAlarm": {
            "AlarmDescription": "The oldest file waits longer than three attempts take. Raise "
            "MaximumConcurrency, or look for errors in the log.",
            **ingest("ApproximateAgeOfOldestMessage", Statistic="Maximum"),
            "Threshold": FindInMap(TIMEOUT_MAPPING, Ref(parameters.function_timeout), "Backlog"),
            "EvaluationPeriods": 1,
        },
        "DeadLetterAlarm": {
            "AlarmDescription": "Files wait in the dead-letter queue. The log says why: repair the "
            "cause, then redrive the queue, within 14 days.",
            **dead_letter("ApproximateNumberOfMessagesVisible", Statistic="Maximum"),
            **once,
        },
        "ProcessingErrorsAlarm": {
            "AlarmDescription": "Files failed. They are delivered again, or parked when that "
            "cannot help; the log names each file and its error.",
            **own("ProcessingErrors", Statistic="Sum"),
            **once,
        },
        "AccessDeniedAlarm": {
            "AlarmDescription": "AWS denied the function a call; the log says which. Look at role, "
            "boundary and key. S3 also denies an object that is gone.",
            **own("AccessDenied", Statistic="Sum"),
            **once,
        },
    }


def metric(
    namespace: str, dimensions: Mapping[str, object], name: str, **statistic: str
) -> dict[str, Any]:
    """Return the alarm properties that say which metric, of what, and how it is counted."""
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [
            cloudwatch.MetricDimension(Name=dimension, Value=value)
            for dimension, value in dimensions.items()
        ],
        **statistic,
    }
