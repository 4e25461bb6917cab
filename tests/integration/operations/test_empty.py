"""A stack whose deletion failed over a bucket: it is emptied by hand, and goes."""

from collections.abc import Callable
from typing import Any

import pytest

from generators.retention import Retention
from local.stacks import StackError
from tests.integration.conftest import Deployment

Deploy = Callable[..., Deployment]
Operate = Callable[..., tuple[int, dict[str, Any]]]


def test_buckets_that_could_not_be_deleted_go_and_then_the_stack(
    deploy: Deploy, operate: Operate
) -> None:
    stack = deploy()
    bucket, s3 = stack.outputs["UploadBucketName"], stack.client("s3")
    assert operate("empty", stack.name, "--yes")[1]["buckets"] == {}, "it is in use"
    for _ in range(2):
        stack.upload("a.txt", b"a")
    s3.delete_object(Bucket=bucket, Key="uploads/a.txt")
    s3.delete_bucket_tagging(Bucket=bucket)  # so BucketEmptier leaves it to CloudFormation
    with pytest.raises(StackError, match=r"DELETE_FAILED; UploadBucket: .*not empty"):
        stack.delete()
    code, document = operate("empty", stack.name)
    assert (code, list(document["buckets"]), document["deleted"]) == (2, [bucket], 0)
    code, document = operate("empty", stack.name, "--yes")
    assert (code, list(document["buckets"]), document["deleted"]) == (0, [bucket], 3)
    assert operate("empty", stack.name, "--yes")[1]["deleted"] == 0
    stack.delete()


def test_what_the_template_retains_is_never_emptied(deploy: Deploy, operate: Operate) -> None:
    stack = deploy(Retention.RETAINED)
    stack.upload("kept.txt", b"kept")
    assert operate("empty", stack.name, "--yes") == (
        0,
        {"stack": stack.name, "buckets": {}, "deleted": 0, "problem": ""},
    )
