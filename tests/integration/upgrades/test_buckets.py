"""The throw-away template's buckets on stacks that each release made: in use, none is deleted.

CloudFormation sends Delete to the function that empties them whenever the physical ID of its custom
resource changes, and when an update takes that out of the template.
"""

import contextlib
import json
from collections.abc import Iterator

import boto3
import pytest

from generators.retention import Retention
from local.stacks import StackError

from ..conftest import Deployment
from .conftest import Templates, parsed

KEPT = Retention.RETAINED
THROWN_AWAY = Retention.EPHEMERAL


@pytest.fixture
def stack(
    session: boto3.Session, released: Templates, current: Templates, request: pytest.FixtureRequest
) -> Iterator[Deployment]:
    """Return a stack of today's template that a release made, with two versions of a file."""
    made = Deployment(session, f"buckets-{abs(hash(request.node.nodeid)) % 10**8}", {})
    made.update(released(THROWN_AWAY))
    for content in (b"first", b"second"):
        made.upload("a.txt", content)
    made.update(current(THROWN_AWAY))
    yield made
    with contextlib.suppress(Exception):
        made.delete()


def buckets(stack: Deployment) -> set[str]:
    found = stack.client("s3").list_buckets()["Buckets"]
    return {bucket["Name"] for bucket in found}


def content(stack: Deployment) -> bytes:
    bucket = stack.outputs["UploadBucketName"]
    answer = stack.client("s3").get_object(Bucket=bucket, Key="uploads/a.txt")
    return bytes(answer["Body"].read())


def failing(template: str) -> str:
    """Return the template with a resource that cannot be made, after the custom resources."""
    changed = parsed(template)
    changed["Resources"]["Late"] = {
        "Type": "Custom::Late",
        "DependsOn": ["AccessLogBucketContents", "UploadBucketContents"],
        "Properties": {"ServiceToken": "arn:aws:lambda:us-west-2:123456789012:function:none"},
    }
    return json.dumps(changed)


def test_in_use_they_stay(stack: Deployment, released: Templates, current: Templates) -> None:
    assert content(stack) == b"second"
    before = buckets(stack)
    with pytest.raises(StackError, match="UPDATE_ROLLBACK_COMPLETE; Late"):
        stack.update(failing(current(THROWN_AWAY)), EnvironmentSuffix="other")
    assert buckets(stack) == before, "the new one is gone"
    assert content(stack) == b"second"
    stack.update(released(THROWN_AWAY))
    assert content(stack) == b"second"
    assert buckets(stack) == before


def test_replaced_or_deleted_they_go(stack: Deployment, current: Templates) -> None:
    others = buckets(stack) - set(of_stack(stack))
    for suffix in ("other", "third"):
        first = set(of_stack(stack))
        stack.update(current(THROWN_AWAY), EnvironmentSuffix=suffix)
        assert len(buckets(stack) & first) == 1, "the access logs' stays"
        stack.upload("b.txt", b"")
    stack.delete()
    assert buckets(stack) <= others


def of_stack(stack: Deployment) -> Iterator[str]:
    client = stack.client("cloudformation")
    for resource in client.describe_stack_resources(StackName=stack.name)["StackResources"]:
        if resource["ResourceType"] == "AWS::S3::Bucket":
            yield resource["PhysicalResourceId"]


def test_the_retained_template_keeps_them(stack: Deployment, current: Templates) -> None:
    own = set(of_stack(stack))
    stack.update(current(KEPT))
    assert own <= buckets(stack)
    assert content(stack) == b"second"
    stack.delete()
    assert own <= buckets(stack)
