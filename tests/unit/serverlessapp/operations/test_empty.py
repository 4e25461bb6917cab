"""Only what CloudFormation tried to delete is emptied, and until nothing comes in any more."""

import itertools
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.errors import OperatorError
from serverlessapp.operations import empty
from serverlessapp.report import Report


def error(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")


class FakeS3:
    """A bucket; ``pages`` is what each listing of it shows."""

    def __init__(self, *pages: int) -> None:
        self.pages = list(pages)
        self.errors: list[dict[str, str]] = []
        self.deleted = 0
        self.keys = ["a"]  # of the versions, in turn

    def get_paginator(self, _: str) -> "FakeS3":
        return self

    def paginate(self, **_: str) -> Any:
        if not self.pages:
            raise error("NoSuchBucket")
        keys = itertools.cycle(self.keys)
        versions = [{"Key": next(keys), "VersionId": str(n)} for n in range(self.pages[0])]
        yield {"Versions": versions[:1], "DeleteMarkers": versions[1:]} if versions else {}

    def delete_object(self, **request: str) -> None:
        assert request.keys() == {"Bucket", "Key", "VersionId"}
        self.deleted += 1

    def delete_objects(self, **request: Any) -> dict[str, Any]:
        """Delete at least one, whose keys XML can hold (boto3#2005)."""
        if not all(each["Key"].isprintable() for each in request["Delete"]["Objects"]):
            raise error("MalformedXML")
        assert request["Delete"]["Objects"]
        self.deleted += len(request["Delete"]["Objects"])
        return {"Errors": self.errors}

    def delete_bucket(self, **_: str) -> None:
        self.pages.pop(0)
        if self.pages:
            raise error("BucketNotEmpty")


@pytest.mark.parametrize(("pages", "deleted"), [((0,), 0), ((3,), 3), ((3, 2), 5), ((), 0)])
def test_what_comes_in_meanwhile_goes_as_well(pages: tuple[int, ...], deleted: int) -> None:
    s3: Any = FakeS3(*pages)
    assert empty.delete(s3, "bucket", lambda _: None) == s3.deleted == deleted


@pytest.mark.parametrize("keys", [["a", "bell\a"], ["line\n", "\x00"]])
def test_keys_that_xml_cannot_hold_go_as_well(keys: list[str]) -> None:
    s3: Any = FakeS3(5)
    s3.keys = keys
    assert empty.delete(s3, "bucket", lambda _: None) == s3.deleted == 5


def test_an_object_that_stays_is_named() -> None:
    s3: Any = FakeS3(2)
    s3.errors = [{"Key": "uploads/a", "Message": "locked"}]
    with pytest.raises(OperatorError, match="uploads/a in bucket: locked"):
        empty.delete(s3, "bucket", lambda _: None)


def test_only_what_could_not_be_deleted_is_taken() -> None:
    resources = [
        ("Kept", "AWS::S3::Bucket", "CREATE_COMPLETE"),
        ("Skipped", "AWS::S3::Bucket", "DELETE_SKIPPED"),
        ("Full", "AWS::S3::Bucket", "DELETE_FAILED"),
        ("Waiting", "AWS::S3::Bucket", "CREATE_COMPLETE"),
        ("WaitingContents", "Custom::BucketContents", "DELETE_FAILED"),
        ("Role", "AWS::IAM::Role", "DELETE_FAILED"),
    ]

    class FakeCloudFormation:
        def get_paginator(self, _: str) -> "FakeCloudFormation":
            return self

        def paginate(self, **_: str) -> Any:
            names = ("LogicalResourceId", "ResourceType", "ResourceStatus")
            for resource in resources:
                summary = dict(zip(names, resource, strict=True))
                yield {
                    "StackResourceSummaries": [
                        {**summary, "PhysicalResourceId": f"the-{resource[0]}"}
                    ]
                }

    cloudformation: Any = FakeCloudFormation()
    assert empty.stuck(cloudformation, "stack").keys() == {"the-Full", "the-Waiting"}


@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "CREATE_COMPLETE", "DELETE_IN_PROGRESS"])
def test_a_stack_in_use_keeps_its_buckets(
    status: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While its clean-up after an update fails, some of its resources are DELETE_FAILED."""
    stack = {"StackId": "id", "StackStatus": status}
    cloudformation: Any = SimpleNamespace(describe_stacks=lambda **_: {"Stacks": [stack]})
    monkeypatch.setattr(empty, "stuck", lambda *_: {"the-live-bucket": "contents: failed"})
    s3: Any = FakeS3(3)
    assert empty.run(Report(yes=True), "files", cloudformation, s3) == 0
    assert "nothing to empty" in capsys.readouterr().out
    assert (s3.deleted, s3.pages) == (0, [3])
    stack["StackStatus"] = "DELETE_FAILED"
    assert empty.run(Report(yes=True), "files", cloudformation, s3) == 0
    assert s3.deleted == 3
