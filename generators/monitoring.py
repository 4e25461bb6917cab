"""What wakes somebody up: the alarm topic and the alarms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from awacs import sns as sns_actions
from awacs.aws import ArnLike, Principal, Statement
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
from generators.policies import allow, deny_insecure_transport, document
from generators.processing import ProcessingRefs
from generators.queues import QueueRefs
from serverlessapp.processors.function import Function

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
                "Alarms publish to a topic, so that a pager or ticket system can subscribe "
                "without a stack update.",
                mutable=REVIEWED,
                must=[
                    "Do not use the AWS managed key of SNS (alias/aws/sns): CloudWatch cannot "
                    "publish with it, and alarms would stay silent.",
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
                "CloudWatch needs the topic's permission to publish. Limited to this stack's "
                "alarms, by the prefix of their names.",
                mutable=REVIEWED,
                must=["Every alarm's name must begin with the stack's name."],
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
                "Sends alarms to AlarmEmail. SNS sends nothing until the recipient confirms the "
                "subscription.",
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
    for kind, properties in alarms(lane, parameters, processing, queues).items():
        title = lane.logical_id(kind)
        known: dict[str, Any] = {}
        if kind in WATCHED:
            properties["AlarmName"] = name_of(title)
            known = {
                "must": [
                    "The name is the stack's name and the logical ID: the pipeline watches the "
                    "alarm after a deployment and must know its name in advance."
                ],
                "mutability": {"AlarmName": NEVER},
            }
        metadata = explained(properties.pop("why"), mutable=FREE, **known)
        template.add_resource(alarm(title, topic, Metadata=metadata, **properties))


def alarm(title: str, topic: sns.Topic, **properties: Any) -> cloudwatch.Alarm:
    """Return an alarm that tells the topic, with these properties besides."""
    return cloudwatch.Alarm(
        title,
        AlarmActions=[topic.ref()],
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Period=FIVE_MINUTES,
        # No uploads, no data: that is no alarm.
        TreatMissingData="notBreaching",
        **properties,
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
    return allow(
        "AcceptAlarms",
        [sns_actions.Publish],
        [topic.ref()],
        ArnLike({"aws:SourceArn": Sub(alarm_arns + "${AWS::StackName}-*")}),
        principal=Principal("Service", "cloudwatch.amazonaws.com"),
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
            "why": "The runtime catches the failure of a file, so an error here is a crash or "
            "timeout: one is enough to alarm. Shows a bad deployment at once, while the backlog "
            "may have other causes.",
            "AlarmDescription": "An invocation crashed or timed out; SQS delivers its files "
            'again. Run the saved query "what failed" for the cause.',
            **function("Errors", Statistic="Sum"),
            **once,
        },
        "FunctionDurationAlarm": {
            "why": "Detects that processing is slow in general: two periods of a high average, so "
            "that one large file does not alarm.",
            "AlarmDescription": f"On average, batches take half of {timeout}. Raise {memory}, or "
            "find the slow files in the log (field milliseconds).",
            **function("Duration", Statistic="Average"),
            **slow,
        },
        "FunctionDurationP99Alarm": {
            "why": "The average hides the few batches that come close to the timeout, after which "
            "all their files are delivered again.",
            "AlarmDescription": f"The slowest 1% of batches take half of {timeout}. Raise "
            f"{timeout} or {memory} before batches time out.",
            **function("Duration", ExtendedStatistic="p99"),
            **slow,
        },
        "FunctionThrottlesAlarm": {
            "why": "Throttling causes no errors, only delay: files wait in the queue. Another "
            "function may be using the account's concurrency.",
            "AlarmDescription": "Lambda throttled invocations; files wait in the queue. Raise the "
            f"account's concurrency quota, or lower {concurrency}.",
            **function("Throttles", Statistic="Sum"),
            **once,
        },
        "BacklogAlarm": {
            "why": "Watches the age of messages and not their number: a burst of new files is "
            "normal, an old message is not. The threshold exceeds the time of all retries.",
            "AlarmDescription": "The oldest message has waited longer than "
            f"{'three' if attempts == Function.attempts else attempts} attempts take. Raise "
            f"{concurrency}, or look for errors in the log.",
            **ingest("ApproximateAgeOfOldestMessage", Statistic="Maximum"),
            "Threshold": of_timeout(backlog(attempts)),
            "EvaluationPeriods": 1,
        },
        "DeadLetterAlarm": {
            "why": "Messages leave the dead-letter queue only by a redrive, or when they expire: "
            "the first one needs an operator.",
            "AlarmDescription": "Messages are in the dead-letter queue. Find the cause in the log "
            "and repair it, then redrive the queue, within 14 days of the upload.",
            **dead_letter("ApproximateNumberOfMessagesVisible", Statistic="Maximum"),
            **once,
        },
        "ProcessingErrorsAlarm": {
            "why": "Lambda counts a batch with caught failures as a success, so the function "
            "publishes its own metric. Shows a bad deployment at once.",
            "AlarmDescription": "Files failed. They are retried, or moved to the dead-letter "
            "queue if a retry cannot help. The log has each file and its error.",
            **runtime("ProcessingErrors", Statistic="Sum"),
            **once,
        },
        "AccessDeniedAlarm": {
            "why": "Counted apart from other failures because no retry helps: a permission is "
            "missing, or code tries what it may not do.",
            "AlarmDescription": "AWS denied a call of the function; the log says which. Check "
            "role, permissions boundary and key policy.",
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
