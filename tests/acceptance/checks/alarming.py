"""An alarm reaches whoever subscribes to the topic."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.acceptance.checks.expectations import Broken, expect, wait
from tests.acceptance.checks.subject import Subject

if TYPE_CHECKING:
    from types_boto3_cloudwatch import CloudWatchClient
    from types_boto3_sqs import SQSClient

TRIED = "ProcessingErrorsAlarm"
WAIT_SECONDS = 5  # for a message, before the alarm is set off again
REASON = "The acceptance test sets it off, to see whether anybody hears of it."


def check(subject: Subject) -> None:
    """See that every alarm has the topic as its action, and that one of them gets through.

    The alarm is set off by CloudWatch's own SetAlarmState: waiting for its metric takes up to ten
    minutes.

    Raises:
        Broken: An alarm tells nobody, or its message does not arrive.
    """
    cloudwatch, names = subject.client("cloudwatch"), subject.names("AWS::CloudWatch::Alarm")
    alarms = cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]
    missing = set(names) - {alarm["AlarmName"] for alarm in alarms}
    expect(not missing, f"there is no alarm {', '.join(sorted(missing))}")
    for alarm in alarms:
        tells = alarm["ActionsEnabled"] and alarm["AlarmActions"] == [subject.topic]
        expect(tells, f"alarm {alarm['AlarmName']} tells {alarm['AlarmActions']}, not the topic")
    tried = subject.resources[TRIED].name
    with listener(subject) as listening:

        def look() -> bool:
            set_off(cloudwatch, tried)
            return any(told["AlarmName"] == tried for told in listening.receive())

        wait(f"the message of {tried} at a subscriber of the topic", look, subject.seconds)


def set_off(cloudwatch: "CloudWatchClient", name: str) -> None:
    """Let an alarm change from OK to ALARM, whatever it was before."""
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=REASON)


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A queue that subscribed to the topic."""

    sqs: "SQSClient"
    url: str

    def receive(self) -> Iterator[dict[str, str]]:
        """Yield the alarms in the messages that have arrived."""
        response = self.sqs.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=WAIT_SECONDS
        )
        for message in response.get("Messages", []):
            yield json.loads(json.loads(message["Body"])["Message"])


@contextmanager
def listener(subject: Subject) -> Iterator[Listener]:
    """Subscribe a queue to the topic. The queue is gone afterwards, the rest with the topic.

    Raises:
        Broken: The topic refuses.
    """
    sqs, sns = subject.client("sqs"), subject.client("sns")
    url = sqs.create_queue(QueueName=f"{subject.stack.name}-listener")["QueueUrl"]
    try:
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        policy = accept(arn, subject.topic)
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        subscription = sns.subscribe(
            TopicArn=subject.topic, Protocol="sqs", Endpoint=arn, ReturnSubscriptionArn=True
        )["SubscriptionArn"]
        if not subscription.startswith(f"{subject.topic}:"):
            raise Broken(f"the topic does not accept a queue of its account: {subscription}")
        yield Listener(sqs=sqs, url=url)
    finally:
        sqs.delete_queue(QueueUrl=url)


def accept(queue: str, topic: str) -> str:
    """Return the policy of a queue that takes messages of this topic alone."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
