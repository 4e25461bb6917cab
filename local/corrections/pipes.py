"""A pipe from a table's stream filters, transforms, and delivers to a bus; else to a queue.

Amazon EventBridge User Guide, "Amazon EventBridge Pipes input transformation", "Event filtering in
Amazon EventBridge Pipes" and "Amazon DynamoDB stream as a source". ministack keeps none of a pipe's
parameters, and delivers to topics and state machines alone. What is refused goes to the dead-letter
queue at once, without further attempts; that batches are cut in half, and how long attempts take,
only AWS shows.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import eventbridge, sqs

from local.corrections.properties import notes
from local.replacements import around

PLACEHOLDER = re.compile(r"<\$\.([\w.]+)>")
# Their parameters by name: a record of ministack's has no place for them.
PARAMETERS: dict[str, Mapping[str, Any]] = {}

LIST = "dynamodb:ListStreams"  # IAM knows no resources of it
READ = (LIST, "dynamodb:DescribeStream", "dynamodb:GetShardIterator", "dynamodb:GetRecords")

Record = dict[str, Any]
ASKED: list[Callable[[Record, str, str], bool]] = []


@notes("AWS::Pipes::Pipe")
def parameters(name: str, properties: Mapping[str, Any]) -> None:
    """Keep the parameters of a new or updated pipe."""
    PARAMETERS[name] = properties


@around("services.pipes", "_deliver_batch")
def deliver(original: Callable[..., bool], pipe: Record, batch: list[Record]) -> bool:
    """Deliver records, and tell whether all of them reached the target or the other queue."""
    properties = PARAMETERS.get(pipe["Name"], {})
    if pipe["Target"].split(":")[2] != "events":
        return original(pipe, batch)
    decided = [may(pipe, action, "*" if action == LIST else pipe["Source"]) for action in READ]
    if not all(decided):
        return False
    source = properties.get("SourceParameters", {})
    patterns = [each["Pattern"] for each in source.get("FilterCriteria", {}).get("Filters", [])]
    for record in batch:
        if not patterns or any(matches(pattern, record) for pattern in patterns):
            send(pipe, record, properties)
    return True


def send(pipe: Record, record: Record, properties: Mapping[str, Any]) -> None:
    """Send a record as an event; where that is refused, report it."""
    target = properties["TargetParameters"]
    about = target["EventBridgeEventBusParameters"]
    entry = {
        "EventBusName": pipe["Target"],
        "Source": about["Source"],
        "DetailType": about["DetailType"],
        "Detail": rendered(target["InputTemplate"], record),
    }
    if may(pipe, "events:PutEvents", pipe["Target"]):
        eventbridge._put_events({"Entries": [entry]})
    else:
        report(pipe, record, properties["SourceParameters"]["DynamoDBStreamParameters"])


def rendered(template: str, record: Record) -> str:
    """Return what an input template makes of a record: each placeholder is JSON."""

    def value(match: re.Match[str]) -> str:
        found: Any = record
        for name in match[1].split("."):
            found = found[name]
        return json.dumps(found)

    return PLACEHOLDER.sub(value, template)


def matches(pattern: str, record: Record) -> bool:
    alternatives, _ = eventbridge._parse_pattern_text(pattern)
    return any(eventbridge._matches_detail(record, each) for each in alternatives or ())


def report(pipe: Record, record: Record, stream: Mapping[str, Any]) -> None:
    """Say on the dead-letter queue which record was not sent, not what it holds."""
    queue = stream["DeadLetterConfig"]["Arn"]
    number = record["dynamodb"]["SequenceNumber"]
    body = {
        "context": {"partnerResourceArn": pipe["Arn"], "condition": "RetryAttemptsExhausted"},
        "version": "1.0",
        "DDBStreamBatchInfo": {
            "startSequenceNumber": number,
            "endSequenceNumber": number,
            "batchSize": 1,
            "streamArn": pipe["Source"],
        },
    }
    if may(pipe, "sqs:SendMessage", queue):
        url = sqs._queue_by_arn(queue)["url"]
        sqs._act_send_message({"QueueUrl": url, "MessageBody": json.dumps(body)}, url)


def may(pipe: Record, action: str, resource: str) -> bool:
    """Tell whether a pipe may do something: what ``local.enforcement`` says, if it is there."""
    return all(ask(pipe, action, resource) for ask in ASKED)
