"""How a file, and the news of a failure, go through the application's template."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generators.application import build
from generators.lanes import Lane
from generators.options import SENDS_EVENTS
from generators.retention import Retention
from serverlessapp.processors.definition import FIRST, Processor
from serverlessapp.template.parameters import Json
from serverlessapp.template.references import references

SUBSCRIBERS = {"email": "Mailbox"}
# What comes to the function instead of going from it.
READS = {"s3:GetObjectVersion", "secretsmanager:GetSecretValue"}
# What moves nothing: S3 only looks whether listing is allowed, a key serves other calls.
UNCALLED = {"kms:Decrypt", "s3:ListBucket", "logs:CreateLogStream"}
# What is drawn: the same whatever is in processors/, because who adds one has no graphviz.
LANE = Lane(processor=Processor(name=FIRST, folder=Path(FIRST), handler="index:sign_receipt"))


def template() -> Json:
    """Return the application's template for one lane, whose names have no prefix."""
    return build(Retention.RETAINED, [LANE]).to_dict()


@dataclass(frozen=True, order=True)
class Step:
    """What goes from one resource to another."""

    source: str  # logical ID, or several joined by a space, as for alarms on one resource
    target: str  # likewise
    label: str  # what goes, in a few words
    condition: str = ""  # the template's condition for it; empty: always


def steps(template: Json) -> list[Step]:
    """Return every step, in the order in which a file takes them."""
    # Completion events are off by default.
    resources = {
        title: resource
        for title, resource in template["Resources"].items()
        if resource.get("Condition") != SENDS_EVENTS
    }
    return [
        *notifications(resources),
        *deliveries(resources),
        *grants(resources),
        *given_up(resources),
        *alarms(resources),
        *subscriptions(resources),
    ]


def of_type(resources: Json, name: str) -> Iterator[tuple[str, Json]]:
    """Yield logical ID and properties of each resource of a type."""
    for logical_id, resource in resources.items():
        if resource["Type"] == name:
            yield logical_id, resource["Properties"]


def target_of(value: Any) -> str:
    """Return the only logical ID in a value."""
    (name,) = targets(value)
    return name


def targets(value: Any) -> set[str]:
    """Return what a value refers to, parameters too."""
    return {reference.target for reference in references(value)}


def notifications(resources: Json) -> Iterator[Step]:
    """Yield which bucket tells which queue."""
    for bucket, properties in of_type(resources, "AWS::S3::Bucket"):
        notification = properties.get("NotificationConfiguration", {})
        for configuration in notification.get("QueueConfigurations", []):
            yield Step(bucket, target_of(configuration["Queue"]), configuration["Event"])


def deliveries(resources: Json) -> Iterator[Step]:
    """Yield which queue's messages go to which function."""
    for _, properties in of_type(resources, "AWS::Lambda::EventSourceMapping"):
        queue, function = (
            target_of(properties["EventSourceArn"]),
            target_of(properties["FunctionName"]),
        )
        yield Step(queue, function, f"batches of up to {properties['BatchSize']}")


def grants(resources: Json) -> Iterator[Step]:
    """Yield what each fed function may do: its role's statements, except taking from its queue."""
    for delivery in deliveries(resources):
        queue, function = delivery.source, delivery.target
        role = target_of(resources[function]["Properties"]["Role"])
        for _, policy in of_type(resources, "AWS::IAM::Policy"):
            if role not in targets(policy["Roles"]):
                continue
            for statement in policy["PolicyDocument"]["Statement"]:
                # Of one at most; what options take is on none of the stack.
                for target in targets(statement["Resource"]) & resources.keys():
                    called = [each for each in statement["Action"] if each not in UNCALLED]
                    if target == queue or not called:
                        continue
                    calls = ", ".join(action.partition(":")[2] for action in called)
                    if READS & set(statement["Action"]):
                        yield Step(target, function, calls)
                    else:
                        yield Step(function, target, calls)


def given_up(resources: Json) -> Iterator[Step]:
    """Yield where a queue puts what was received too often."""
    for queue, properties in of_type(resources, "AWS::SQS::Queue"):
        if policy := properties.get("RedrivePolicy"):
            receives = f"after {policy['maxReceiveCount']} receives"
            yield Step(queue, target_of(policy["deadLetterTargetArn"]), receives)


def alarms(resources: Json) -> Iterator[Step]:
    """Yield what the alarms watch, and whom they tell; all of them in one box.

    A metric that no resource's name is part of comes out of a function's log.
    """
    functions = {step.target for step in deliveries(resources)}
    logs = [target_of(resources[name]["Properties"]["LoggingConfig"]) for name in functions]
    watching = list(of_type(resources, "AWS::CloudWatch::Alarm"))
    box = " ".join(alarm for alarm, _ in watching)
    watched = [
        sorted(targets(properties["Dimensions"]) & resources.keys()) or logs
        for _, properties in watching
    ]
    for (source,) in dict.fromkeys(map(tuple, watched)):
        yield Step(source, box, "")  # metrics, as the box says
    for topic in dict.fromkeys(target_of(properties["AlarmActions"]) for _, properties in watching):
        yield Step(box, topic, "alarm")


def subscriptions(resources: Json) -> Iterator[Step]:
    """Yield who hears of what a topic is told."""
    for _, resource in sorted(resources.items()):
        if resource["Type"] == "AWS::SNS::Subscription":
            properties = resource["Properties"]
            protocol = properties["Protocol"]
            topic, target = target_of(properties["TopicArn"]), SUBSCRIBERS.get(protocol, protocol)
            yield Step(topic, target, protocol, resource.get("Condition", ""))
