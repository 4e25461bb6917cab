"""What AWS refuses is refused, and ministack by itself takes it."""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from ministack.services import lambda_svc, s3
from ministack.services.cloudformation import provisioners

from local import replacements, validation
from local.validation.resources import reasons, validate

ACCOUNT = "000000000000"
ARN = f"arn:aws:iam::{ACCOUNT}"
ROLE, POLICY, MANAGED = "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"
FUNCTION, MAPPING = "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"
BUCKET, BUCKET_POLICY, QUEUE = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SQS::Queue"
TABLE, KEY, LOG_GROUP = "AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup"
ALARM, RULE = "AWS::CloudWatch::Alarm", "AWS::Events::Rule"


def policy(principal: Any = None, size: int = 0, **more: Any) -> dict[str, Any]:
    """Return a policy that names somebody, of at least so many characters."""
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "r" * size or "*", **more}
    return {"Statement": [statement | ({"Principal": principal} if principal else {})]}


def trust(principal: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return {"Statement": [statement]}


def keys(*matches: Any) -> dict[str, Any]:
    """Return a pattern for the keys of objects."""
    return {"source": ["aws.s3"], "detail": {"object": {"key": list(matches)}}}


LAMBDA = {"Service": "lambda.amazonaws.com"}
# What AWS takes, values as CloudFormation passes them on: a parameter is a text.
GOOD: dict[str, dict[str, Any]] = {
    ALARM: {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": "1",
        "MetricName": "Errors",
        "Namespace": "AWS/Lambda",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": "0",
    },
    BUCKET: {"BucketName": "a-name", "VersioningConfiguration": {"Status": "Enabled"}},
    BUCKET_POLICY: {"Bucket": "a-name", "PolicyDocument": policy({"AWS": f"{ARN}:role/trusted"})},
    FUNCTION: {
        "Code": {"S3Bucket": "code", "S3Key": "1.zip"},
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Role": f"{ARN}:role/trusted",
        "MemorySize": "128",
        "Timeout": "60",
        "Environment": {"Variables": {"NAME": "x" * 4000}},
    },
    KEY: {"KeyPolicy": policy({"AWS": f"{ARN}:root"}), "EnableKeyRotation": "true"},
    LOG_GROUP: {"RetentionInDays": "30"},
    MANAGED: {"PolicyDocument": policy(size=6000)},
    MAPPING: {
        "EventSourceArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue",
        "FunctionName": "function",
        "BatchSize": "10",
        "ScalingConfig": {"MaximumConcurrency": "2"},
    },
    POLICY: {"PolicyName": "own", "PolicyDocument": policy(size=9000), "Roles": ["replaced"]},
    QUEUE: {"MessageRetentionPeriod": "1209600", "QueueName": "q" * 80},
    RULE: {"EventPattern": keys({"prefix": "in/"}, {"suffix": ".csv"}, {"wildcard": r"*/\*.csv"})},
    ROLE: {"AssumeRolePolicyDocument": trust(LAMBDA)},
    TABLE: {
        "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
    },
}
STREAM = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/files/stream/2026-11-26T03:00:00.000"
POLLERS = {"MinimumPollers": "2", "MaximumPollers": "20"}
FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:function"
# What else AWS takes: resource type, and properties that differ.
TAKEN: list[tuple[str, dict[str, Any]]] = [
    (MAPPING, {"EventSourceArn": STREAM, "BatchSize": 100, "StartingPosition": "LATEST"}),
    (MAPPING, {"ProvisionedPollerConfig": POLLERS, "ScalingConfig": {}}),
    *[
        (MAPPING, {"FunctionName": name})
        for name in (
            "function:live",
            FUNCTION_ARN,
            f"{FUNCTION_ARN}:live",
            f"{ACCOUNT}:function:function",
        )
    ],
    (FUNCTION, {"Environment": {"Variables": {"NAME": "\u00e4" * 2000}}}),
    (FUNCTION, {"MemorySize": 10240, "Timeout": "900", "EphemeralStorage": {"Size": 10240}}),
    (ROLE, {"AssumeRolePolicyDocument": trust({"AWS": 123456789012})}),
    (ROLE, {"AssumeRolePolicyDocument": trust({"AWS": [123456789012, f"{ARN}:root"]})}),
    (MANAGED, {"PolicyDocument": policy(Sid="s", Resource="\u00e4" * 6000)}),
]
NOBODY = {"AWS": f"{ARN}:role/gone"}
LARGE = {"PolicyName": "large", "PolicyDocument": policy(size=6000)}
# Resource type, properties that differ, AWS's reason.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (QUEUE, {"Retention": 60}, "#/Retention"),
    (QUEUE, {"Arn": "arn"}, r"#: extraneous key \[Arn\]"),
    (QUEUE, {"QueueName": "q" * 81}, "1 to 80 in length"),
    (QUEUE, {"QueueName": "a.name"}, "alphanumeric characters, hyphens, or underscores"),
    (RULE, {"Name": "r" * 65}, "#/Name"),
    (RULE, {"EventPattern": "{"}, "Invalid JSON"),
    (RULE, {"EventPattern": keys({"prefix": "in/", "suffix": ".csv"})}, "Only one key"),
    (RULE, {"EventPattern": keys({"wildcard": "in/**"})}, "Consecutive wildcard"),
    (RULE, {"EventPattern": keys({"wildcard": r"in/\a"})}, "Invalid escape"),
    (RULE, {"EventPattern": keys({"regex": ".*"})}, "Unrecognized match type regex"),
    (RULE, {"EventPattern": keys("k" * 2048)}, "Event pattern size: 2048"),
    (LOG_GROUP, {"RetentionInDays": "8"}, "#/RetentionInDays"),
    (FUNCTION, {"MemorySize": "64"}, "#/MemorySize"),
    (FUNCTION, {"Timeout": "0"}, "#/Timeout"),
    (FUNCTION, {"Runtime": "python2"}, "#/Runtime"),
    (FUNCTION, {"EphemeralStorage": {"Size": 511}}, "#/EphemeralStorage/Size"),
    (FUNCTION, {"EphemeralStorage": {"Size": "10241"}}, "EphemeralStorage: .* 10240"),
    (FUNCTION, {"MemorySize": "10241"}, "MemorySize: .* 10240"),
    (FUNCTION, {"Timeout": "901"}, "Timeout: .* 900"),
    (FUNCTION, {"LoggingConfig": {"LogFormat": "XML"}}, "#/LoggingConfig/LogFormat"),
    (FUNCTION, {"Code": {"S3Bucket": "gone", "S3Key": "k"}}, "NoSuchBucket.*bucket does not"),
    (FUNCTION, {"Code": {"S3Bucket": "code", "S3Key": "k"}}, "NoSuchKey.*key does not exist"),
    (
        FUNCTION,
        {"Code": {"S3Bucket": "code", "S3Key": "1.zip", "S3ObjectVersion": "v"}},
        "NoSuchVersion",
    ),
    (FUNCTION, {"Code": {"S3Bucket": "code", "S3Key": "text"}}, "Could not unzip"),
    (FUNCTION, {"Code": {"S3Bucket": "code", "S3Key": "large"}}, "smaller than 262144000 bytes"),
    (FUNCTION, {"Code": {}}, "provide a source"),
    (FUNCTION, {"Code": {"S3Key": "1.zip"}}, "provide a source"),
    (FUNCTION, {"Role": f"{ARN}:role/gone"}, "cannot be assumed by Lambda"),
    (FUNCTION, {"Environment": {"Variables": {"AWS_REGION": "x"}}}, "reserved keys.*AWS_REGION"),
    (FUNCTION, {"Environment": {"Variables": {"NAME": "x" * 4096}}}, "4KB"),
    (MAPPING, {"ScalingConfig": {"MaximumConcurrency": "1"}}, "MaximumConcurrency"),
    (MAPPING, {"BatchSize": "11"}, "batch window"),
    (MAPPING, {"ProvisionedPollerConfig": POLLERS}, "mutually exclusive"),
    (MAPPING, {"FunctionName": "gone"}, "Function not found"),
    (MAPPING, {"EventSourceArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:gone"}, "does not exist"),
    (
        MAPPING,
        {"EventSourceArn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:brief"},
        "timeout: 30 seconds is less than Function timeout: 60 seconds",
    ),
    (ALARM, {"Statistic": "Median"}, "#/Statistic"),
    (ALARM, {"Period": "45"}, "10, 20, 30"),
    (ALARM, {"Period": "60", "EvaluationPeriods": "1441"}, "86400 seconds"),
    (ALARM, {"Period": "3600", "EvaluationPeriods": "169"}, "604800 seconds"),
    (ROLE, {"AssumeRolePolicyDocument": trust(NOBODY)}, "Invalid principal.*role/gone"),
    (ROLE, {"AssumeRolePolicyDocument": json.dumps(trust(NOBODY))}, "Invalid principal.*role/gone"),
    (KEY, {"KeyPolicy": policy(NOBODY)}, "Invalid principal.*role/gone"),
    (BUCKET_POLICY, {"PolicyDocument": policy({"AWS": [f"{ARN}:user/x"]})}, "principal.*user/x"),
    (ROLE, {"PermissionsBoundary": f"{ARN}:policy/gone"}, "not attachable"),
    (ROLE, {"ManagedPolicyArns": [f"{ARN}:policy/gone"]}, "not attachable"),
    (ROLE, {"Policies": [LARGE, {**LARGE, "PolicyName": "other"}]}, "10240"),
    (
        POLICY,
        {"PolicyName": "second", "PolicyDocument": policy(size=6000), "Roles": ["trusted"]},
        "10240.*trusted",
    ),
    (MANAGED, {"PolicyDocument": policy(size=6200)}, "6144"),
]


@pytest.fixture(scope="session", autouse=True)
def world() -> None:
    """Make what the properties name, and register all checks.

    Once: a worker may come back to this file, and the names would be taken.
    """
    replacements.load(validation)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("index.py", "")
    make(BUCKET, {"BucketName": "code"})
    s3._put_object("code", "1.zip", archive.getvalue(), {})
    s3._put_object("code", "text", b"text", {})
    s3._put_object("code", "large", large_archive(), {})
    # Where the checks of local.enforcement are loaded as well, they ask for the queue.
    inline = {"PolicyName": "first", "PolicyDocument": policy(Action="sqs:*", Sid="s" * 1000)}
    own = {"PolicyName": "own", "PolicyDocument": policy(size=5000)}
    for name in ("trusted", "replaced"):
        make(ROLE, {**GOOD[ROLE], "RoleName": name, "Policies": [inline, own]})
    make(QUEUE, {"QueueName": "queue", "VisibilityTimeout": "60"})
    make(QUEUE, {"QueueName": "brief"})
    make(FUNCTION, {**GOOD[FUNCTION], "FunctionName": "function"})


def large_archive() -> bytes:
    """Return a small zip of a file that is a byte larger than Lambda takes.

    Only its directory says so: to write it takes seconds.
    """
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("index.py", "")
        package.infolist()[0].file_size = 262_144_001
    return written.getvalue()


def make(resource_type: str, properties: Mapping[str, Any]) -> Any:
    """Make a resource with ministack as it is."""
    return provisioners._provision_resource(resource_type, "Title", dict(properties), "stack")


@pytest.mark.parametrize("resource_type", GOOD)
def test_what_aws_takes_is_taken(resource_type: str) -> None:
    assert not list(reasons(resource_type, GOOD[resource_type]))


@pytest.mark.parametrize(("resource_type", "changed"), TAKEN, ids=lambda value: str(value)[:60])
def test_what_aws_takes_in_other_forms_is_taken(
    resource_type: str, changed: dict[str, Any]
) -> None:
    assert not list(reasons(resource_type, GOOD[resource_type] | changed))


def test_what_may_be_left_out_may() -> None:
    assert not list(reasons(KEY, {"Description": "with the default policy"}))
    kafka = {"SelfManagedEventSource": {"Endpoints": {"KafkaBootstrapServers": ["a.org:9092"]}}}
    more = {"Topics": ["files"], "StartingPosition": "LATEST"}
    assert not list(reasons(MAPPING, {"FunctionName": "function", **kafka, **more}))
    promql = {"PromQLCriteria": {"Query": "sum(errors) > 1"}}
    assert not list(reasons(ALARM, {"EvaluationCriteria": promql, "EvaluationInterval": 60}))
    counted = {key: value for key, value in GOOD[ALARM].items() if key != "EvaluationPeriods"}
    assert "EvaluationPeriods" in "".join(reasons(ALARM, counted))


@pytest.mark.parametrize(
    ("resource_type", "name"),
    [
        (FUNCTION, "Role"),
        (FUNCTION, "Code"),
        (MAPPING, "FunctionName"),
        (MANAGED, "PolicyDocument"),
    ],
)
def test_what_is_missing_is_named_by_the_schema(resource_type: str, name: str) -> None:
    properties = {key: value for key, value in GOOD[resource_type].items() if key != name}
    with pytest.raises(ValueError, match=f"#/: '{name}' is a required property"):
        validate(resource_type, properties)


def test_an_update_that_leaves_the_code_does_not_read_it() -> None:
    before = GOOD[FUNCTION] | {"Code": {"S3Bucket": "code", "S3Key": "pruned.zip"}}
    assert not list(reasons(FUNCTION, before | {"MemorySize": 256}, before))
    assert list(reasons(FUNCTION, before, GOOD[FUNCTION]))


@pytest.mark.parametrize(
    ("resource_type", "changed", "reason"), REFUSED, ids=lambda value: str(value)[:60]
)
def test_what_aws_refuses_is_refused(
    resource_type: str, changed: dict[str, Any], reason: str
) -> None:
    said = "\n".join(reasons(resource_type, GOOD[resource_type] | changed))
    assert re.search(reason, said)


@pytest.mark.parametrize(
    ("resource_type", "changed", "reason"), REFUSED, ids=lambda value: str(value)[:60]
)
def test_ministack_still_takes_it(resource_type: str, changed: dict[str, Any], reason: str) -> None:
    """When one of these fails, ministack has learned it: take the case out, and its check."""
    assert make(resource_type, GOOD[resource_type] | changed)
    lambda_svc._esms.clear()  # or ministack goes on polling
