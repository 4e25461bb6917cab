"""How a file, and the news of a failure, go through the application's template."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pictures.references import Rendered, referred

SUBSCRIBERS = {"email": "Mailbox"}
# What comes to the function instead of going from it.
READS = {"s3:GetObjectVersion", "secretsmanager:GetSecretValue"}


@dataclass(frozen=True, order=True)
class Step:
    """What goes from one resource to another.

    Attributes:
        source: Logical ID, or several joined by a space, as for alarms on one resource.
        target: Likewise.
        what: In a few words.
        condition: The template's condition for it; empty: always.
    """

    source: str
    target: str
    what: str
    condition: str = ""


def steps(template: Rendered) -> list[Step]:
    """Return every step, in the order in which a file takes them."""
    resources = template["Resources"]
    return [
        *notifications(resources),
        *deliveries(resources),
        *grants(resources),
        *given_up(resources),
        *alarms(resources),
        *subscriptions(resources),
    ]


def of_type(resources: Rendered, name: str) -> Iterator[tuple[str, Rendered]]:
    """Yield logical ID and properties of each resource of a type."""
    for logical_id, resource in resources.items():
        if resource["Type"] == name:
            yield logical_id, resource["Properties"]


def one(value: Any) -> str:
    """Return the only logical ID in a value."""
    (found,) = set(referred(value))
    return found


def notifications(resources: Rendered) -> Iterator[Step]:
    """Yield which bucket tells which queue."""
    for bucket, properties in of_type(resources, "AWS::S3::Bucket"):
        told = properties.get("NotificationConfiguration", {}).get("QueueConfigurations", [])
        for configuration in told:
            yield Step(bucket, one(configuration["Queue"]), configuration["Event"])


def deliveries(resources: Rendered) -> Iterator[Step]:
    """Yield which queue's messages go to which function."""
    for _, properties in of_type(resources, "AWS::Lambda::EventSourceMapping"):
        queue, function = one(properties["EventSourceArn"]), one(properties["FunctionName"])
        yield Step(queue, function, f"batches of up to {properties['BatchSize']}")


def grants(resources: Rendered) -> Iterator[Step]:
    """Yield what each fed function may do: its role's statements, except taking from its queue."""
    fed = {step.target: step.source for step in deliveries(resources)}
    for function, queue in fed.items():
        role = one(resources[function]["Properties"]["Role"])
        for _, policy in of_type(resources, "AWS::IAM::Policy"):
            if {"Ref": role} not in policy["Roles"]:
                continue
            for statement in policy["PolicyDocument"]["Statement"]:
                (target,) = set(referred(statement["Resource"])) & resources.keys()
                if target == queue:
                    continue
                calls = ", ".join(action.partition(":")[2] for action in statement["Action"])
                if READS & set(statement["Action"]):
                    yield Step(target, function, calls)
                else:
                    yield Step(function, target, calls)


def given_up(resources: Rendered) -> Iterator[Step]:
    """Yield where a queue puts what was received too often."""
    for queue, properties in of_type(resources, "AWS::SQS::Queue"):
        if policy := properties.get("RedrivePolicy"):
            what = f"after {policy['maxReceiveCount']} receives"
            yield Step(queue, one(policy["deadLetterTargetArn"]), what)


def alarms(resources: Rendered) -> Iterator[Step]:
    """Yield which alarms watch what, and whom they tell.

    A metric that no resource's name is part of comes out of a function's log.
    """
    functions = {step.target for step in deliveries(resources)}
    logs = [one(resources[name]["Properties"]["LoggingConfig"]) for name in functions]
    watching: dict[tuple[str, str], list[str]] = defaultdict(list)
    for alarm, properties in of_type(resources, "AWS::CloudWatch::Alarm"):
        about = sorted(set(referred(properties["Dimensions"])) & resources.keys()) or logs
        watching[" ".join(about), one(properties["AlarmActions"])].append(alarm)
    for (source, _), names in watching.items():
        yield Step(source, " ".join(names), "metrics")
    for (_, topic), names in watching.items():
        yield Step(" ".join(names), topic, "alarm")


def subscriptions(resources: Rendered) -> Iterator[Step]:
    """Yield who hears of what a topic is told."""
    for _, resource in sorted(resources.items()):
        if resource["Type"] == "AWS::SNS::Subscription":
            properties = resource["Properties"]
            protocol = properties["Protocol"]
            topic, target = one(properties["TopicArn"]), SUBSCRIBERS.get(protocol, protocol)
            yield Step(topic, target, protocol, resource.get("Condition", ""))
