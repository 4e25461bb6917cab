"""What an attack is, and what attackers have at hand."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from local.enforcement.principals import policy

from .grants import Guard
from .world import World

DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "KMS.AccessDeniedException",
}
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


ATTACKS: list[Attack] = []

Attempt = Callable[[World], bool]


def attack(
    name: str, holder: str, sid: str, part: str, value: str = "", *, stack: str = "world"
) -> Callable[[Attempt], Attempt]:
    """Enter a function as an attack that one guard stops."""

    def enter(attempt: Attempt) -> Attempt:
        guard = Guard(holder, sid, part, value)
        ATTACKS.append(Attack(name=name, guard=guard, attempt=attempt, stack=stack))
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
