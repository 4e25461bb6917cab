"""What ministack with ``AUTH=true`` lets through when ``local/enforcement`` is not there.

When one of these fails, ministack has learned to refuse it by itself: take the check out.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import administrator, policy, user

from .conftest import wait_until

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
HANDLER = "def handler(event, context):\n    print('it ran')\n    return 'it ran'\n"
NOBODY = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
PLAIN_HTTP = {**NOBODY, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}


@pytest.fixture(scope="module")
def root() -> Iterator[EmulatorSession]:
    with Emulator(settings={"AUTH": "true"}) as running:
        yield running.session()


@pytest.fixture(scope="module")
def admin(root: EmulatorSession) -> EmulatorSession:
    return administrator(root)


def function(session: EmulatorSession, name: str, trusted: str = "lambda.amazonaws.com") -> str:
    """Make a function whose role may do nothing, and return the name of its log group."""
    trust = {"Effect": "Allow", "Principal": {"Service": trusted}, "Action": "sts:AssumeRole"}
    role = session.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("index.py", HANDLER)
    session.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": archive.getvalue()},
    )
    return f"/aws/lambda/{name}"


def queue(session: EmulatorSession, name: str, **attributes: str) -> tuple[str, str]:
    """Make a queue and return its URL and ARN."""
    sqs = session.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, found["Attributes"]["QueueArn"]


def bucket(session: EmulatorSession, name: str) -> Any:
    where = {"LocationConstraint": session.region_name}
    session.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=where)
    return session.client("s3")


def key_for_nobody(session: EmulatorSession) -> str:
    """Make a key that may be managed and not used, and return its ARN."""
    manage = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": ["kms:DescribeKey", "kms:PutKeyPolicy"],
        "Resource": "*",
    }
    made = session.client("kms").create_key(Policy=policy(manage))
    return str(made["KeyMetadata"]["Arn"])


def test_still_needs_plain_http_to_stand_for_tls(admin: EmulatorSession) -> None:
    s3 = bucket(admin, "tls-only")
    s3.put_bucket_policy(Bucket="tls-only", Policy=policy(PLAIN_HTTP))
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.put_object(Bucket="tls-only", Key="a", Body=b"")


def test_still_needs_the_trust_of_a_role(admin: EmulatorSession) -> None:
    function(admin, "distrusted", trusted="ec2.amazonaws.com")
    answer = admin.client("lambda").invoke(FunctionName="distrusted")
    assert json.load(answer["Payload"]) == "it ran"


def test_still_needs_the_permission_to_write_a_log(admin: EmulatorSession) -> None:
    group = function(admin, "logger")
    admin.client("lambda").invoke(FunctionName="logger")
    logs = admin.client("logs")
    wait_until("a log", lambda: logs.filter_log_events(logGroupName=group)["events"])


def test_still_needs_the_permission_to_consume_a_queue(admin: EmulatorSession) -> None:
    group = function(admin, "consumer")
    url, arn = queue(admin, "consumed")
    admin.client("lambda").create_event_source_mapping(
        EventSourceArn=arn, FunctionName="consumer", BatchSize=1
    )
    admin.client("sqs").send_message(QueueUrl=url, MessageBody="x")
    logs = admin.client("logs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def left() -> int:
        found = admin.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(map(int, found["Attributes"].values()))

    def ran() -> bool:
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        return bool(groups)

    wait_until("received and deleted", lambda: ran() and not left())


def test_still_needs_the_topics_policy_for_alarms(admin: EmulatorSession) -> None:
    sns = admin.client("sns")
    topic = sns.create_topic(Name="deaf")["TopicArn"]
    url, arn = queue(admin, "listener")
    accept = {**NOBODY, "Effect": "Allow", "Resource": arn}
    admin.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy(accept)})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=policy({**NOBODY, "Resource": topic})
    )
    cloudwatch = admin.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="a",
        AlarmActions=[topic],
        Namespace="n",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName="a", StateValue="ALARM", StateReason="a test")
    sqs = admin.client("sqs")
    wait_until("an alarm", lambda: sqs.receive_message(QueueUrl=url).get("Messages"))


def test_still_needs_the_key_of_what_is_read(admin: EmulatorSession) -> None:
    secrets = admin.client("secretsmanager")
    made = secrets.create_secret(Name="locked", SecretString="x", KmsKeyId=key_for_nobody(admin))
    assert secrets.get_secret_value(SecretId=made["ARN"])["SecretString"] == "x"


def test_still_needs_the_key_of_a_log(admin: EmulatorSession) -> None:
    logs = admin.client("logs")
    logs.create_log_group(logGroupName="locked", kmsKeyId=key_for_nobody(admin))
    logs.create_log_stream(logGroupName="locked", logStreamName="a")
    event = {"timestamp": 1_800_000_000_000, "message": "x"}
    logs.put_log_events(logGroupName="locked", logStreamName="a", logEvents=[event])


def test_still_needs_both_permissions_to_delete_a_version(
    root: EmulatorSession, admin: EmulatorSession
) -> None:
    s3 = bucket(admin, "versions")
    s3.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket="versions", Key="a", Body=b"")["VersionId"]
    other = s3.put_object(Bucket="versions", Key="b", Body=b"")["VersionId"]
    first = user(root, "first", {**EVERYTHING, "Action": "s3:DeleteObject"}).client("s3")
    second = user(root, "second", {**EVERYTHING, "Action": "s3:DeleteObjectVersion"}).client("s3")
    batch = {"Objects": [{"Key": "a", "VersionId": version}]}
    assert first.delete_objects(Bucket="versions", Delete=batch)["Deleted"]
    second.delete_object(Bucket="versions", Key="b", VersionId=other)
    assert not s3.list_object_versions(Bucket="versions").get("Versions")


def test_still_needs_the_permission_to_hear_that_an_object_is_gone(
    root: EmulatorSession, admin: EmulatorSession
) -> None:
    bucket(admin, "unlisted")
    reader = user(root, "reader", {**EVERYTHING, "Action": "s3:GetObject*"}).client("s3")
    with pytest.raises(ClientError, match="NoSuchKey"):
        reader.get_object(Bucket="unlisted", Key="gone")


def test_still_needs_the_policy_of_a_table(admin: EmulatorSession) -> None:
    tables = admin.client("dynamodb")
    table = tables.create_table(
        TableName="closed",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
    )["TableDescription"]
    tables.put_resource_policy(ResourceArn=table["TableArn"], Policy=policy(NOBODY))
    tables.put_item(TableName="closed", Item={"k": {"S": "x"}})


def test_still_needs_to_be_asked_who_may_redrive(admin: EmulatorSession) -> None:
    refuses = {"RedriveAllowPolicy": json.dumps({"redrivePermission": "denyAll"})}
    dead_url, dead = queue(admin, "dead", **refuses)
    redrive = {"deadLetterTargetArn": dead, "maxReceiveCount": 1}
    url, _ = queue(admin, "source", RedrivePolicy=json.dumps(redrive), VisibilityTimeout="0")
    sqs = admin.client("sqs")
    sqs.send_message(QueueUrl=url, MessageBody="x")

    def moved() -> Any:
        sqs.receive_message(QueueUrl=url)
        return sqs.receive_message(QueueUrl=dead_url).get("Messages")

    wait_until("a moved message", moved)


def test_still_needs_the_delivery_of_access_logs(admin: EmulatorSession) -> None:
    s3 = bucket(admin, "logged")
    bucket(admin, "logs")
    target = {"TargetBucket": "logs", "TargetPrefix": "a/"}
    s3.put_bucket_logging(Bucket="logged", BucketLoggingStatus={"LoggingEnabled": target})
    s3.put_object(Bucket="logged", Key="x", Body=b"")
    assert not s3.list_objects_v2(Bucket="logs").get("Contents")


def test_a_boundary_does_not_know_tags(root: EmulatorSession) -> None:
    iam = root.client("iam")
    tagged = {"StringEquals": {"aws:ResourceTag/Project": "ours"}}
    limit = policy({**EVERYTHING, "Condition": tagged})
    boundary = iam.create_policy(PolicyName="tagged", PolicyDocument=limit)["Policy"]["Arn"]
    limited = user(root, "limited", EVERYTHING)
    iam.put_user_permissions_boundary(UserName="limited", PermissionsBoundary=boundary)
    root.client("secretsmanager").create_secret(
        Name="tagged", SecretString="a", Tags=[{"Key": "Project", "Value": "ours"}]
    )
    with pytest.raises(ClientError, match="not authorized"):
        limited.client("secretsmanager").get_secret_value(SecretId="tagged")
