"""The function's metrics are in its log, and an alarm reaches whoever subscribes to the topic."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from serverlessapp.operations.metrics import extract, log_lines
from serverlessapp.operations.stack import StackLane
from tests.acceptance.checks.expectations import expect, wait
from tests.acceptance.checks.files import sent
from tests.acceptance.checks.processing import COUNTED
from tests.acceptance.checks.stack import StackUnderTest

NAMESPACE = "ServerlessApp/Lambda"


def metrics(stack: StackUnderTest) -> None:
    """The sums of the metrics in the log, where CloudWatch takes them from, are what was uploaded.

    At least: SQS may deliver an event twice, and that is counted as well.
    """
    for lane in stack.outputs.lanes:
        metrics_of(stack, lane)


def metrics_of(stack: StackUnderTest, lane: StackLane) -> None:
    """Wait for the metrics of a lane; see ``metrics``."""
    files = sent(stack, lane).values()
    wanted = {
        "InvocationCount": 1.0,
        "ProcessedFileSize": float(sum(map(len, files))),
        "ProcessingErrors": 1.0,
    }
    if stack.handler(lane) == COUNTED:
        wanted["Words"] = float(sum(len(text.split()) for text in files))
    dimensions = {"StackName": stack.outputs.name, "Processor": lane.processor}
    sums: defaultdict[str, float] = defaultdict(float)

    def look() -> bool:
        sums.clear()
        for metric in extract(log_lines(stack.client("logs"), lane.log_group)):
            if (metric.namespace, metric.dimensions) == (NAMESPACE, dimensions):
                sums[metric.name] += sum(metric.values)
        return all(sums[name] >= value for name, value in wanted.items())

    wait(look, stack.seconds, lambda: f"{lane.processor} logged {dict(sums)}, not {wanted}")


def alarm(stack: StackUnderTest) -> None:
    """Every alarm has the topic as its action, and one that is set off reaches a subscriber.

    It is set off by CloudWatch's own SetAlarmState: waiting for its metric takes up to ten minutes.
    """
    names = stack.physical_ids("AWS::CloudWatch::Alarm")
    cloudwatch = stack.client("cloudwatch")
    pages = cloudwatch.get_paginator("describe_alarms")
    actions = {
        alarm["AlarmName"]: alarm["AlarmActions"] if alarm["ActionsEnabled"] else []
        for page in pages.paginate(AlarmNamePrefix=f"{stack.outputs.name}-")
        for alarm in page["MetricAlarms"]
    }
    for name in names:
        tells = actions.get(name)
        expect(tells == [stack.topic], f"alarm {name} tells {tells}, not the topic")
    name = names[0]
    with subscribed_queue(stack) as queue:

        def look() -> bool:
            for state in ("OK", "ALARM"):  # a change, whatever it was before
                cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
            answer = stack.client("sqs").receive_message(
                QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5
            )
            bodies = (json.loads(message["Body"]) for message in answer.get("Messages", []))
            return any(json.loads(body["Message"])["AlarmName"] == name for body in bodies)

        wait(look, stack.seconds, lambda: f"alarm {name} reaches no subscriber of the topic")


@contextmanager
def subscribed_queue(stack: StackUnderTest) -> Iterator[str]:
    """Yield the URL of a queue that hears of alarms. The subscription goes with the topic."""
    sqs = stack.client("sqs")
    url = sqs.create_queue(QueueName=f"{stack.outputs.name}-listener")["QueueUrl"]
    try:
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn = answer["Attributes"]["QueueArn"]
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
            "Condition": {"ArnEquals": {"aws:SourceArn": stack.topic}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
        stack.client("sns").subscribe(TopicArn=stack.topic, Protocol="sqs", Endpoint=arn)
        yield url
    finally:
        sqs.delete_queue(QueueUrl=url)
