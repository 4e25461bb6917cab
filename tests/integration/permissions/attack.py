"""What an attack is, and what attackers have at hand."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import boto3
from botocore.exceptions import ClientError

from generators.lanes import Lane
from local.enforcement.principals import policy

from .grants import Guard
from .world import World

DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "KMS.AccessDeniedException",
}
PROCESSOR = "FileProcessorRole"  # the kind of role that each lane has
NEIGHBOUR = "neighbour"  # what does not belong to the stack


@dataclass(frozen=True, kw_only=True)
class Attack:
    """Something that somebody must not be able to do.

    Attributes:
        name: What is attempted, by whom.
        guard: What alone stops it.
        attempt: Tries it, and tells whether it got through.
        stack: Fixture of the stack under attack.
    """

    name: str
    guard: Guard
    attempt: Callable[[World], bool]
    stack: str


Attempt = Callable[[World], bool]
ENTERED: list[Callable[[Sequence[Lane]], Iterator[Attack]]] = []


class AttemptOnLane(Protocol):
    """Tries something with what a lane has, and tells whether it got through."""

    def __call__(self, world: World, lane: Lane) -> bool: ...


class AttemptBetweenLanes(Protocol):
    """Tries, as the role of a lane, something with what another has, and tells likewise."""

    def __call__(self, world: World, lane: Lane, other: Lane) -> bool: ...


def attacks_of(lanes: Sequence[Lane]) -> list[Attack]:
    """Return the attacks on a stack with these lanes."""
    return [attack for attacks in ENTERED for attack in attacks(lanes)]


def of_lane(lane: Lane, name: str) -> str:
    """Return the name of something that each lane has; the first has it without its own."""
    return name if lane.is_first else f"{lane.name}: {name}"


def attack(
    name: str, holder: str, sid: str, part: str, value: str = "", *, stack: str = "world"
) -> Callable[[Attempt], Attempt]:
    """Enter a function as an attack that one guard stops."""

    def enter(attempt: Attempt) -> Attempt:
        guard = Guard(holder, sid, part, value)
        made = Attack(name=name, guard=guard, attempt=attempt, stack=stack)
        ENTERED.append(lambda _: iter([made]))
        return attempt

    return enter


def attack_on_lanes(
    name: str,
    holder: str,
    sid: str,
    part: str,
    value: str = "",
    *,
    stack: str = "world",
    where: Callable[[Lane], bool] = lambda _: True,
) -> Callable[[AttemptOnLane], AttemptOnLane]:
    """Enter a function as an attack on each lane for which ``where`` holds.

    Holder, and value if it is the same, are kinds of resources.
    """

    def enter(attempt: AttemptOnLane) -> AttemptOnLane:
        def attacks(lanes: Sequence[Lane]) -> Iterator[Attack]:
            for lane in filter(where, lanes):
                title = lane.logical_id(holder)
                yield Attack(
                    name=of_lane(lane, name),
                    guard=Guard(title, sid, part, title if value == holder else value),
                    attempt=partial(attempt, lane=lane),
                    stack=stack,
                )

        ENTERED.append(attacks)
        return attempt

    return enter


def attack_between_lanes(
    name: str,
    sid: str,
    where: Callable[[Lane, Lane], bool] = lambda *_: True,
) -> Callable[[AttemptBetweenLanes], AttemptBetweenLanes]:
    """Enter a function as an attack by the role of each lane on the next one, if there are several.

    Stopped by the narrowness of a resource. All roles are made alike, so the next one will do.

    Args:
        name: With ``{}`` for the other lane's.
        sid: Of the statement of the attacking role.
        where: Whether a lane has something to attack.
    """

    def enter(attempt: AttemptBetweenLanes) -> AttemptBetweenLanes:
        def attacks(lanes: Sequence[Lane]) -> Iterator[Attack]:
            for lane, other in zip(lanes, [*lanes[1:], lanes[0]], strict=True):
                if lane is not other and where(lane, other):
                    yield Attack(
                        name=of_lane(lane, name.format(other.name)),
                        guard=Guard(lane.logical_id(PROCESSOR), sid, "Resource"),
                        attempt=partial(attempt, lane=lane, other=other),
                        stack="world",
                    )

        ENTERED.append(attacks)
        return attempt

    return enter


def got_through(call: Callable[..., Any], **arguments: Any) -> bool:
    """Make a call of AWS and tell whether it was let through."""
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        return False
    return True


def plain_http(session: boto3.Session, service: Any) -> Any:
    """Return a client that does not use TLS."""
    client: Any = session.client(service)

    def without_tls(request: Any, **_: Any) -> None:
        request.headers["X-Forwarded-Proto"] = "http"

    client.meta.events.register(f"before-sign.{service}", without_tls)
    return client


def secret(world: World) -> str:
    """Return the ARN of a secret that is not the stack's."""
    made = world.root.client("secretsmanager").create_secret(
        Name=world.new_name(), SecretString="not yours"
    )
    return str(made["ARN"])


def table(world: World) -> str:
    """Return the name of a table that is not the stack's, with the ledger's key."""
    name = world.new_name()
    world.root.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "object_key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "object_key", "AttributeType": "S"}],
    )
    return name


def log_group(world: World, **options: str) -> str:
    """Return the name of a log group that is not the stack's."""
    name = world.new_name()
    world.root.client("logs").create_log_group(logGroupName=name, **options)
    return name


def bucket(session: boto3.Session, name: str) -> str:
    """Make a versioned bucket that is not the stack's, and return its name."""
    s3: Any = session.client("s3")
    where = {"LocationConstraint": session.region_name}
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def exists(session: boto3.Session, name: str) -> bool:
    """Tell whether there is such a bucket."""
    try:
        session.client("s3").head_bucket(Bucket=name)
    except ClientError:
        return False
    return True


def stored(session: boto3.Session, bucket_name: str, key: str) -> dict[str, str]:
    """Put an object and return what names its version."""
    s3: Any = session.client("s3")
    made = s3.put_object(Bucket=bucket_name, Key=key, Body=b"not yours")
    return {"Bucket": bucket_name, "Key": key, "VersionId": made["VersionId"]}


def alarm(session: boto3.Session, name: str, topic: str) -> None:
    """Make an alarm that is not the stack's, with an action on a topic, and set it off."""
    cloudwatch: Any = session.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        AlarmActions=[topic],
        Namespace=NEIGHBOUR,
        MetricName=NEIGHBOUR,
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    for state in ("OK", "ALARM"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")


def topic(world: World, key: str) -> str:
    """Return the ARN of a topic that is not the stack's, under a key, open to every alarm."""
    sns = world.root.client("sns")
    made = sns.create_topic(Name=f"{NEIGHBOUR}-{world.new_name()[:-4]}")
    arn = str(made["TopicArn"])
    publisher = {"Service": "cloudwatch.amazonaws.com"}
    accept = {"Effect": "Allow", "Principal": publisher, "Action": "sns:Publish", "Resource": arn}
    for name, value in (("Policy", policy(accept)), ("KmsMasterKeyId", key)):
        sns.set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)
    return arn
