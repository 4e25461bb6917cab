"""What wakes somebody up: the alarm topic and the alarms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from awacs import sns as sns_actions
from awacs.aws import Allow, ArnLike, Condition, Principal, Statement
from troposphere import FindInMap, If, NoValue, Ref, StackName, Sub, Template, cloudwatch, kms, sns

from generators.context import CONSTRAINED, FREE, NEVER, REVIEWED, explained
from generators.lanes import Lane
from generators.parameters import (
    CUSTOMER_MANAGED_KEY,
    HAS_ALARM_EMAIL,
    TIMEOUT_MAPPING,
    ParameterRefs,
    backlog,
)
from generators.policies import deny_insecure_transport, document
from generators.processing import ProcessingRefs
from generators.queues import QueueRefs
from serverlessapp.processors.definition import Function

NAMESPACE = "ServerlessApp/Lambda"  # the runtime's own metrics
FIVE_MINUTES = 300  # seconds

# Those of each lane that a pipeline watches after it deployed, as the first lane has them.
WATCHED = ("FunctionErrorsAlarm", "ProcessingErrorsAlarm")


@dataclass(frozen=True, kw_only=True)
class MonitoringRefs:
    """What later generators need from monitoring."""

    topic: sns.Topic


def watched(lanes: Iterable[Lane]) -> list[str]:
    """Return the logical IDs of the alarms that a pipeline watches."""
    return [lane.logical_id(kind) for lane in lanes for kind in WATCHED]


def add_to(template: Template, *, parameters: ParameterRefs, key: kms.Key) -> MonitoringRefs:
    """Add the topic, and its subscription when there is an address."""
    topic = template.add_resource(
        sns.Topic(
            "AlarmTopic",
            Metadata=explained(
                "Alarms go to a topic, so a pager or a ticket system can listen without an update "
                "of the stack.",
                mutable=REVIEWED,
                must=[
                    "Not under SNS's own key (alias/aws/sns): CloudWatch may not use it, and every "
                    "alarm stays silent.",
                ],
                mutability={"KmsMasterKeyId": CONSTRAINED},
            ),
            KmsMasterKeyId=If(CUSTOMER_MANAGED_KEY, key.get_att("Arn"), NoValue),
        )
    )
    template.add_resource(
        sns.TopicPolicy(
            "AlarmTopicPolicy",
            Metadata=explained(
                "CloudWatch may publish only where a topic says so. It knows the stack's alarms by "
                "the beginning of their names.",
                mutable=REVIEWED,
                must=["The name of every alarm begins with the stack's."],
            ),
            Topics=[topic.ref()],
            PolicyDocument=document(
                accept_alarms(topic), deny_insecure_transport(sns_actions.Publish, topic.ref())
            ),
        )
    )
    template.add_resource(
        sns.SubscriptionResource(
            "AlarmSubscription",
            Metadata=explained(
                "So that somebody hears of alarms from the first day. The address has to confirm, "
                "and until then nobody is told.",
                mutable=FREE,
            ),
            Condition=HAS_ALARM_EMAIL,
            TopicArn=topic.ref(),
            Protocol="email",
            Endpoint=Ref(parameters.alarm_email),
        )
    )
    return MonitoringRefs(topic=topic)


def add_alarms_to(
    template: Template,
    lane: Lane,
    *,
    parameters: ParameterRefs,
    processing: ProcessingRefs,
    queues: QueueRefs,
    topic: sns.Topic,
) -> None:
    """Add a lane's alarms."""
    for kind, properties in alarms(lane, parameters, processing, queues).items():
        title = lane.logical_id(kind)
        known: dict[str, Any] = {}
        if kind in WATCHED:
            properties["AlarmName"] = name_of(title)
            known = {
                "must": [
                    "Its name is made of the stack's and its logical ID: a pipeline watches it "
                    "after it deployed, and has to know the name before there is an alarm."
                ],
                "mutability": {"AlarmName": NEVER},
            }
        template.add_resource(
            cloudwatch.Alarm(
                title,
                Metadata=explained(properties.pop("why"), mutable=FREE, **known),
                AlarmActions=[topic.ref()],
                ComparisonOperator="GreaterThanOrEqualToThreshold",
                Period=FIVE_MINUTES,
                # No uploads, no data: that is no alarm.
                TreatMissingData="notBreaching",
                **properties,
            )
        )


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
    lane: Lane, parameters: ParameterRefs, processing: ProcessingRefs, queues: QueueRefs
) -> dict[str, dict[str, Any]]:
    """Return each alarm's own properties by logical ID, and why there is this alarm."""
    function = partial(metric, "AWS/Lambda", {"FunctionName": processing.function.ref()})
    ingest = partial(metric, "AWS/SQS", {"QueueName": queues.ingest.get_att("QueueName")})
    dead_letter = partial(metric, "AWS/SQS", {"QueueName": queues.dead_letter.get_att("QueueName")})
    runtime = partial(metric, NAMESPACE, {"StackName": StackName, "Processor": lane.name})
    once: dict[str, Any] = {"Threshold": 1, "EvaluationPeriods": 1}
    memory, timeout, concurrency = map(lane.parameter, ("Memory", "Timeout", "Concurrency"))
    attempts = lane.processor.function.attempts
    of_timeout = partial(FindInMap, TIMEOUT_MAPPING, Ref(parameters.lanes[lane.name].timeout))
    slow: dict[str, Any] = {"Threshold": of_timeout("Slow"), "EvaluationPeriods": 2}
    return {
        "FunctionErrorsAlarm": {
            "why": "A file that fails is caught, so a crash is never part of normal work: the "
            "first one counts. A bad version shows here at once, where a backlog may be older.",
            "AlarmDescription": "An invocation crashed or timed out; SQS delivers its files again. "
            "The saved query 'what failed' shows it.",
            **function("Errors", Statistic="Sum"),
            **once,
        },
        "FunctionDurationAlarm": {
            "why": "Processing as a whole is getting slow: the mean, and twice in a row, so that "
            "one large file wakes nobody.",
            "AlarmDescription": f"Batches take half of {timeout} on average. Raise "
            f"{memory}, or look for what is slow in the log (milliseconds).",
            **function("Duration", Statistic="Average"),
            **slow,
        },
        "FunctionDurationP99Alarm": {
            "why": "The mean hides the few batches that come near the timeout, after which all "
            "their files are delivered again.",
            "AlarmDescription": f"The slowest 1 % of batches take half of {timeout}. Raise it "
            f"or {memory} before they time out.",
            **function("Duration", ExtendedStatistic="p99"),
            **slow,
        },
        "FunctionThrottlesAlarm": {
            "why": "The queue hides throttling: nothing fails, files are only late. Usually "
            "another function uses up the account's concurrency.",
            "AlarmDescription": "Lambda refused invocations; files wait in the queue. Raise the "
            f"account's concurrency or lower {concurrency}.",
            **function("Throttles", Statistic="Sum"),
            **once,
        },
        "BacklogAlarm": {
            "why": "Age and not number: many files at once are normal, an old one is not. The "
            "threshold is beyond what all retries of a file take, so it means a standstill.",
            "AlarmDescription": "The oldest file waits longer than "
            f"{'three' if attempts == Function.attempts else attempts} attempts take. Raise "
            f"{concurrency}, or look for errors in the log.",
            **ingest("ApproximateAgeOfOldestMessage", Statistic="Maximum"),
            "Threshold": of_timeout(backlog(attempts)),
            "EvaluationPeriods": 1,
        },
        "DeadLetterAlarm": {
            "why": "Nothing takes a file out of there by itself, and in the end its message "
            "expires: from the first one, a person is needed.",
            "AlarmDescription": "Files wait in the dead-letter queue. The log says why: repair the "
            "cause, then redrive the queue, within 14 days of the upload.",
            **dead_letter("ApproximateNumberOfMessagesVisible", Statistic="Maximum"),
            **once,
        },
        "ProcessingErrorsAlarm": {
            "why": "A caught failure is a success to Lambda, so the function counts these itself. "
            "With a bad version they begin at once.",
            "AlarmDescription": "Files failed. They are delivered again, or parked when that "
            "cannot help; the log names each file and its error.",
            **runtime("ProcessingErrors", Statistic="Sum"),
            **once,
        },
        "AccessDeniedAlarm": {
            "why": "Looks like any failed file, but no retry helps: a permission was taken away, "
            "or somebody tries what they may not. So it is counted apart.",
            "AlarmDescription": "AWS denied the function a call; the log says which. Look at role, "
            "boundary and key.",
            **runtime("AccessDenied", Statistic="Sum"),
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
