"""The bucket emptier empties, and CloudFormation gets an answer in every case."""

import io
import json
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.lambda_code import loaded, log_lines

EVENT = {
    "RequestType": "Delete",
    "ResponseURL": "https://cloudformation.example/answer?signed=1",
    "StackId": "arn:aws:cloudformation:us-west-2:123456789012:stack/demo/guid",
    "RequestId": "request-1",
    "LogicalResourceId": "UploadBucketContents",
    "PhysicalResourceId": "bucket",
    "ResourceType": "Custom::BucketContents",
    "ResourceProperties": {"ServiceTimeout": "930", "BucketName": "bucket"},
}


class FakeBucket:
    """A bucket with versions and unfinished uploads, as boto3's resource shows it.

    ``late`` is what comes in, by how many, before each attempt to delete the bucket.
    """

    name = "bucket"

    def __init__(self, versions: int = 0, uploads: int = 0, late: tuple[int, ...] = ()) -> None:
        self.left, self.uploads, self.late = versions, uploads, list(late)
        self.aborted = 0
        self.exists = True
        self.tags: list[dict[str, str]] | ClientError = [
            {"Key": "DeletedWithStack", "Value": "true"}
        ]
        self.refused: dict[str, str] | None = None
        self.odd = 0  # versions whose keys XML cannot hold, listed first
        self.object_versions = SimpleNamespace(limit=self.limit)
        self.multipart_uploads = SimpleNamespace(
            all=lambda: [SimpleNamespace(abort=self.abort) for _ in range(self.uploads)]
        )

    def limit(self, count: int) -> Any:
        assert count == 1000

        def delete() -> list[dict[str, Any]]:
            if self.refused:
                return [{"Errors": [self.refused]}]
            if self.odd:
                raise error("MalformedXML", "DeleteObjects")
            deleted = min(count, self.left)
            self.left -= deleted
            return [{"Deleted": [{}] * deleted}] if deleted else []

        return Versions(self, delete)

    def abort(self) -> None:
        self.aborted += 1

    def Tagging(self) -> SimpleNamespace:  # noqa: N802  boto3's name
        if isinstance(self.tags, ClientError):
            raise self.tags
        return SimpleNamespace(tag_set=self.tags)

    def delete(self) -> None:
        self.left += self.late.pop(0) if self.late else 0
        if self.left:
            raise error("BucketNotEmpty", "DeleteBucket")
        self.exists = False


def error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


class Versions(SimpleNamespace):
    """The first versions of a bucket: all at once, or one by one."""

    def __init__(self, bucket: FakeBucket, delete: Any) -> None:
        super().__init__(bucket=bucket, delete=delete)

    def __iter__(self) -> Iterator[Any]:
        for _ in range(min(1000, self.bucket.left)):
            yield SimpleNamespace(delete=self.delete_one)

    def delete_one(self) -> None:
        self.bucket.left -= 1
        self.bucket.odd = max(0, self.bucket.odd - 1)


class World:
    """The emptier between a bucket and CloudFormation."""

    def __init__(self, index: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.index = index
        self.bucket = FakeBucket()
        self.answers: list[dict[str, Any]] = []
        self.refusals = 0
        self.remaining = [900_000]
        resource = SimpleNamespace(Bucket=lambda name: self.bucket)
        monkeypatch.setattr(index.boto3, "resource", lambda service: resource)
        monkeypatch.setattr(index.urllib.request, "urlopen", self.urlopen)
        monkeypatch.setattr(index.time, "sleep", lambda seconds: None)

    def urlopen(self, request: Any, timeout: float) -> io.BytesIO:
        assert timeout <= 5
        assert request.get_method() == "PUT"
        assert request.full_url == EVENT["ResponseURL"]
        assert request.get_header("Content-type") == "", "the URL is signed without one"
        if self.refusals:
            self.refusals -= 1
            raise OSError("connection reset")
        self.answers.append(json.loads(request.data))
        return io.BytesIO()

    def run(self, **changes: Any) -> None:
        remaining = iter([*self.remaining, *[self.remaining[-1]] * 10_000])
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: next(remaining))
        self.index.handler({**EVENT, **changes}, context)


@pytest.fixture(scope="module")
def index() -> Iterator[ModuleType]:
    with loaded("bucket_emptier") as module:
        yield module


@pytest.fixture
def world(index: ModuleType, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(index, monkeypatch)


def test_deletes_all_versions_in_batches_and_aborts_uploads(world: World) -> None:
    world.bucket = FakeBucket(versions=2500, uploads=3)
    world.run()
    assert (world.bucket.left, world.bucket.aborted, world.bucket.exists) == (0, 3, False)
    (answer,) = world.answers
    assert answer == {
        "Status": "SUCCESS",
        "Reason": "",
        "PhysicalResourceId": "bucket",
        "StackId": EVENT["StackId"],
        "RequestId": "request-1",
        "LogicalResourceId": "UploadBucketContents",
    }


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_touches_nothing_unless_the_stack_is_deleted(world: World, request_type: str) -> None:
    world.bucket = FakeBucket(versions=5)
    world.run(RequestType=request_type)
    assert world.bucket.left == 5
    assert world.answers[0]["Status"] == "SUCCESS"


@pytest.mark.parametrize("known", ["bucket", "UploadBucketContents"])
def test_the_id_stays_while_the_bucket_does(world: World, known: str) -> None:
    """Also that of earlier versions: another one would make CloudFormation delete the bucket."""
    unchanged = {"OldResourceProperties": EVENT["ResourceProperties"]}
    world.run(RequestType="Update", PhysicalResourceId=known, **unchanged)
    world.run(PhysicalResourceId=known)
    assert {a["PhysicalResourceId"] for a in world.answers} == {known}


@pytest.mark.parametrize("known", ["old", "UploadBucketContents"])
def test_another_bucket_is_another_resource(world: World, known: str) -> None:
    """CloudFormation then deletes the old one, when the update has succeeded."""
    world.run(RequestType="Create", PhysicalResourceId=None)
    moved = {"OldResourceProperties": {"BucketName": "old"}}
    world.run(RequestType="Update", PhysicalResourceId=known, **moved)
    assert {a["PhysicalResourceId"] for a in world.answers} == {"bucket"}
    assert world.bucket.exists


def test_what_comes_in_meanwhile_goes_as_well(world: World) -> None:
    """Nobody would empty the bucket again when the stack is deleted again."""
    world.bucket = FakeBucket(versions=5, late=(1, 1200))
    world.run()
    assert (world.bucket.left, world.bucket.exists) == (0, False)
    assert world.answers[0]["Status"] == "SUCCESS"


@pytest.mark.parametrize("name", ["limit", "delete"])
def test_a_bucket_that_goes_meanwhile_needs_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As the SDK sees it whose first request deleted the bucket, and got no answer."""

    def gone(*_: Any) -> None:
        raise error("NoSuchBucket", "Operation")

    monkeypatch.setattr(
        world.bucket.object_versions if name == "limit" else world.bucket, name, gone
    )
    world.run()
    assert world.answers[0]["Status"] == "SUCCESS"


def test_an_upload_that_is_completed_meanwhile_goes_as_well(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Amazon S3 API Reference, "AbortMultipartUpload", NoSuchUpload."""
    world.bucket = FakeBucket(uploads=1)

    def complete() -> None:
        world.bucket.uploads, world.bucket.left = 0, 1
        raise error("NoSuchUpload", "AbortMultipartUpload")

    monkeypatch.setattr(world.bucket, "abort", complete)
    world.run()
    assert world.answers[0]["Status"] == "SUCCESS"
    assert (world.bucket.left, world.bucket.exists) == (0, False)


def test_uploads_without_end_are_a_failure(world: World) -> None:
    world.bucket = FakeBucket(late=(1,) * 10)
    world.remaining = [900_000] * 3 + [15_000]
    world.run()
    assert world.answers[0]["Status"] == "FAILED"
    assert "delete the stack again" in world.answers[0]["Reason"]
    assert world.bucket.exists


@pytest.mark.parametrize(
    "tags", [[{"Key": "Project", "Value": "x"}], error("NoSuchTagSet", "GetBucketTagging")]
)
def test_a_bucket_that_stays_is_left_alone(world: World, tags: Any) -> None:
    """An update that keeps the bucket has taken the tag away before it removes this resource."""
    world.bucket = FakeBucket(versions=5)
    world.bucket.tags = tags
    world.run()
    assert (world.bucket.left, world.bucket.exists) == (5, True)
    assert world.answers[0]["Status"] == "SUCCESS"


def test_a_refused_deletion_is_a_failure_that_names_the_object(world: World) -> None:
    world.bucket.refused = {"Key": "uploads/a", "VersionId": "1", "Code": "AccessDenied"}
    world.run()
    (answer,) = world.answers
    assert answer["Status"] == "FAILED"
    assert "uploads/a" in answer["Reason"]
    assert "AccessDenied" in answer["Reason"]


def test_answers_before_lambda_times_out(world: World) -> None:
    world.bucket = FakeBucket(versions=5000)
    world.remaining = [900_000, 15_000]
    world.run()
    (answer,) = world.answers
    assert answer["Status"] == "FAILED"
    assert "2000 deleted" in answer["Reason"]
    assert "delete the stack again" in answer["Reason"]


def test_a_bucket_that_is_gone_needs_nothing(world: World) -> None:
    world.bucket.tags = error("NoSuchBucket", "GetBucketTagging")
    world.run()
    assert world.answers[0]["Status"] == "SUCCESS"


@pytest.mark.parametrize("operation", ["GetBucketTagging", "ListObjectVersions", "DeleteBucket"])
def test_other_errors_are_answered(
    world: World, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: Any) -> None:
        raise error("AccessDenied", operation)

    name = {"GetBucketTagging": "Tagging", "ListObjectVersions": "limit"}.get(operation, "delete")
    holder = world.bucket.object_versions if name == "limit" else world.bucket
    monkeypatch.setattr(holder, name, denied)
    world.run()
    assert world.answers[0]["Status"] == "FAILED"
    assert "AccessDenied" in world.answers[0]["Reason"]


def test_a_malformed_request_is_answered(world: World) -> None:
    world.run(ResourceProperties={})
    assert world.answers[0]["Status"] == "FAILED"


def test_answering_is_tried_again(world: World) -> None:
    world.refusals = 2
    world.run()
    assert len(world.answers) == 1


def test_an_answer_that_cannot_be_delivered_is_an_error(world: World) -> None:
    world.refusals = 3
    with pytest.raises(OSError, match="connection reset"):
        world.run()


def test_a_long_reason_fits_into_an_answer(world: World) -> None:
    world.bucket.refused = {"Key": "k" * 5000, "Code": "AccessDenied"}
    world.run()
    assert len(json.dumps(world.answers[0])) < 4096


def test_each_line_of_its_log_is_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.run()
    world.run(ResourceProperties={})
    said, unstructured = capsys.readouterr()
    assert [line["level"] for line in log_lines(said)] == ["INFO", "ERROR"]
    assert not unstructured


def test_keys_that_xml_cannot_hold_are_deleted_one_by_one(world: World) -> None:
    world.bucket.left, world.bucket.odd = 2500, 2
    world.run()
    assert not world.bucket.exists
    assert world.answers[0]["Status"] == "SUCCESS"
