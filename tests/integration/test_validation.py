"""A stack with a mistake fails on the emulator where it fails on AWS, with AWS's reason."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from generators.retention import Retention
from local import stacks
from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import administrator
from local.stacks import StackError

BUCKET = "packages"
PACKAGES = {"good.zip": "index.py", "other.zip": "other.py"}
LAMBDA = {"Effect": "Allow", "Action": "sts:AssumeRole"}
TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "CodeKey": {"Type": "String"},
        "Trusted": {"Type": "String", "Default": "lambda.amazonaws.com"},
        "Action": {"Type": "String", "Default": "sqs:*"},
    },
    "Resources": {
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Statement": [{**LAMBDA, "Principal": {"Service": {"Ref": "Trusted"}}}]
                },
                "Policies": [
                    {
                        "PolicyName": "own",
                        "PolicyDocument": {
                            "Statement": [
                                {"Effect": "Allow", "Action": {"Ref": "Action"}, "Resource": "*"}
                            ]
                        },
                    }
                ],
            },
        },
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"S3Bucket": BUCKET, "S3Key": {"Ref": "CodeKey"}},
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Runtime": "python3.13",
            },
        },
        "Queue": {"Type": "AWS::SQS::Queue"},
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
                "FunctionName": {"Ref": "Function"},
            },
        },
    },
    "Outputs": {"Function": {"Value": {"Ref": "Function"}}},
}


def archive(name: str) -> bytes:
    """Return a zip with one module that has a handler."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr(name, "def handler(event, context):\n    return 'done'\n")
    return written.getvalue()


@pytest.fixture(scope="module")
def enforced(enforcing: Emulator) -> EmulatorSession:
    return administrator(enforcing.session())


@pytest.fixture(scope="module")
def made(session: boto3.Session, enforced: EmulatorSession) -> Iterator[None]:
    for each in (session, enforced):
        s3 = each.client("s3")
        where: Any = {"LocationConstraint": each.region_name}
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
        for key, name in PACKAGES.items():
            s3.put_object(Bucket=BUCKET, Key=key, Body=archive(name))
    yield
    s3 = session.client("s3")
    for key in PACKAGES:
        s3.delete_object(Bucket=BUCKET, Key=key)
    s3.delete_bucket(Bucket=BUCKET)


def deployed(session: boto3.Session, stack: str, **parameters: str) -> str:
    """Create or update a stack and return the name of its function."""
    made = stacks.deploy(
        session.client("cloudformation"), stack=stack, template=TEMPLATE, parameters=parameters
    )
    return made["Function"]


def delete(session: boto3.Session, stack: str) -> None:
    for _ in stacks.delete(session.client("cloudformation"), stack):
        pass


@pytest.mark.usefixtures("made")
def test_code_that_does_not_exist_is_refused(session: boto3.Session) -> None:
    with pytest.raises(StackError, match=r"ROLLBACK_COMPLETE; Function: .*NoSuchKey"):
        deployed(session, "missing-code", CodeKey="gone.zip")
    delete(session, "missing-code")
    name = deployed(session, "code", CodeKey="good.zip")
    lambdas = session.client("lambda")
    with pytest.raises(StackError, match=r"UPDATE_ROLLBACK_COMPLETE; Function: .*NoSuchKey"):
        deployed(session, "code", CodeKey="gone.zip")
    with pytest.raises(ClientError, match="NoSuchKey"):
        lambdas.update_function_code(FunctionName=name, S3Bucket=BUCKET, S3Key="gone.zip")
    assert json.load(lambdas.invoke(FunctionName=name)["Payload"]) == "done"
    delete(session, "code")


@pytest.mark.usefixtures("made")
def test_code_without_the_handlers_module_fails_when_it_is_invoked(session: boto3.Session) -> None:
    name = deployed(session, "other-code", CodeKey="other.zip")
    answer = session.client("lambda").invoke(FunctionName=name)
    assert answer["FunctionError"] == "Unhandled"
    assert "No module named 'index'" in json.load(answer["Payload"])["errorMessage"]
    delete(session, "other-code")


def test_a_parameter_that_the_template_does_not_have_is_refused(session: boto3.Session) -> None:
    with pytest.raises(StackError, match=r"Parameters: \[Typo\] do not exist in the template"):
        deployed(session, "typo", CodeKey="good.zip", Typo="x")


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("parameter", "value", "reason"),
    [
        ("Trusted", "ec2.amazonaws.com", "Function: .*cannot be assumed by Lambda"),
        ("Action", "sqs:ReceiveMessage", "Mapping: .*call GetQueueAttributes on SQS"),
    ],
)
def test_who_may_not_do_it_later_is_refused_at_once(
    enforced: EmulatorSession, parameter: str, value: str, reason: str
) -> None:
    with pytest.raises(StackError, match=reason):
        deployed(enforced, f"refused-{parameter}", CodeKey="good.zip", **{parameter: value})


@pytest.mark.usefixtures("made")
def test_a_stream_is_not_asked_for_what_a_queue_needs(enforced: EmulatorSession) -> None:
    table = {
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamViewType": "KEYS_ONLY"},
    }
    mapping = {
        "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
        "FunctionName": {"Fn::GetAtt": ["Function", "Arn"]},
        "StartingPosition": "LATEST",
    }
    resources = TEMPLATE["Resources"] | {
        "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": mapping},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
    }
    assert stacks.deploy(
        enforced.client("cloudformation"),
        stack="stream",
        template=TEMPLATE | {"Resources": resources},
        parameters={"CodeKey": "good.zip", "Action": "dynamodb:*"},
    )


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        ([("", ".gz"), ("in/", ".tar.gz")], "ambiguously defined"),
        ([("in/", ".csv"), ("in/", ".json")], None),
        ([("in/", ".csv", ".tsv")], "more than one suffix rule"),
    ],
)
def test_filters_that_s3_does_not_take_are_refused(
    session: boto3.Session, filters: list[tuple[str, ...]], reason: str | None
) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "filtered"}}
    announced = [
        {
            "Event": "s3:ObjectCreated:*",
            "Queue": {"Fn::GetAtt": ["Queue", "Arn"]},
            "Filter": {
                "S3Key": {
                    "Rules": [
                        {"Name": "prefix", "Value": prefix},
                        *[{"Name": "suffix", "Value": suffix} for suffix in suffixes],
                    ]
                }
            },
        }
        for prefix, *suffixes in filters
    ]
    notifications = {"NotificationConfiguration": {"QueueConfigurations": announced}}
    bucket = {"Type": "AWS::S3::Bucket", "Properties": notifications}
    cloudformation = session.client("cloudformation")
    template = {"Resources": {"Queue": queue, "Bucket": bucket}}
    expected = pytest.raises(StackError, match=f"Bucket: .*{reason}") if reason else nullcontext()
    with expected:
        stacks.deploy(cloudformation, stack="filtered", template=template, parameters={})
    delete(session, "filtered")


def test_a_queue_that_an_earlier_stack_kept_is_in_the_way(session: boto3.Session) -> None:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "kept"}}
    kept = {"Resources": {"Queue": {**queue, "DeletionPolicy": "Retain"}}}
    cloudformation = session.client("cloudformation")
    stacks.deploy(cloudformation, stack="keeps", template=kept, parameters={})
    delete(session, "keeps")
    with pytest.raises(StackError, match=r"Queue: .*'kept' already exists"):
        stacks.deploy(cloudformation, stack="keeps", template=kept, parameters={})
    delete(session, "keeps")
    sqs = session.client("sqs")
    sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName="kept")["QueueUrl"])


@pytest.mark.usefixtures("made")
def test_code_in_another_region_is_refused(enforced: EmulatorSession) -> None:
    with pytest.raises(StackError, match=r"Function: .*PermanentRedirect"):
        deployed(enforced.in_region("eu-west-1"), "elsewhere", CodeKey="good.zip")


def test_a_log_whose_key_cloudwatch_may_not_use_is_refused(enforced: EmulatorSession) -> None:
    root = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
    statement = {"Effect": "Allow", "Action": "kms:*", "Principal": root, "Resource": "*"}
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [statement]}}}
    encrypted = {"KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}

    def deploy(stack: str, properties: dict[str, Any]) -> None:
        log = {"Type": "AWS::Logs::LogGroup", "Properties": properties}
        template = {"Resources": {"Key": key, "Log": log}}
        cloudformation = enforced.client("cloudformation")
        stacks.deploy(cloudformation, stack=stack, template=template, parameters={})

    with pytest.raises(StackError, match=r"ROLLBACK_COMPLETE; Log: .*not allowed to be used"):
        deploy("new-log", encrypted)
    deploy("old-log", {})
    with pytest.raises(StackError, match=r"UPDATE_ROLLBACK_COMPLETE; Log: .*not allowed to be use"):
        deploy("old-log", encrypted)


def test_a_bucket_that_comes_before_the_queues_policy_is_refused(
    enforced: EmulatorSession, template: Callable[[Retention], str]
) -> None:
    """S3 sends a test event at once: its API Reference, "PutBucketNotificationConfiguration"."""
    policy = "  IngestQueuePolicy:\n    Type: AWS::SQS::QueuePolicy\n"
    text = template(Retention.EPHEMERAL).replace("    - IngestQueuePolicy\n", "", 1)
    text = text.replace(policy, f"{policy}    DependsOn: UploadBucket\n")
    with pytest.raises(StackError, match=r"UploadBucket: .*Unable to validate"):
        stacks.deploy(
            enforced.client("cloudformation"), stack="hasty", template=text, parameters={}
        )
