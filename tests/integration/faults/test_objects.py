"""Objects of every kind, and what may have become of them by the time of the event."""

import hashlib
import json
from typing import Any

from .trial import Trial

FIVE_GB = 5 * 1000**3
PART = 5 * 1024 * 1024  # bytes; the smallest part that is not the last


def test_empty_object(trial: Trial) -> None:
    """Zero-byte object.

    It gets a receipt like any other file.
    """
    assert trial.wait_for_receipt("empty", trial.upload("empty", b"")).size == 0


def test_folder_marker(trial: Trial) -> None:
    """Folder marker.

    It is skipped, the log says so, and the file in the folder is processed.
    """
    with trial.stack.paused():
        trial.stack.upload(trial.folder + "folder/", b"")
        trial.upload("folder/file")
    trial.wait_for_receipt("folder/file")
    trial.wait_for_log("folder marker skipped", "folder/")
    assert not trial.reads("folder/")
    assert not trial.stack.parked()


def test_multipart_upload(trial: Trial) -> None:
    """Multipart upload.

    The receipt has the size of the whole object.
    """
    s3 = trial.stack.client("s3")
    place = {"Bucket": trial.stack.outputs["UploadBucketName"], "Key": trial.key("parts")}
    upload = {**place, "UploadId": s3.create_multipart_upload(**place)["UploadId"]}
    parts = [
        {
            "PartNumber": number,
            "ETag": s3.upload_part(PartNumber=number, Body=body, **upload)["ETag"],
        }
        for number, body in enumerate((bytes(PART), b"end"), start=1)
    ]
    done = s3.complete_multipart_upload(MultipartUpload={"Parts": parts}, **upload)
    trial.expect("parts", done["VersionId"])
    assert trial.wait_for_receipt("parts", done["VersionId"]).size == PART + 3


def test_copy(trial: Trial) -> None:
    """Copy.

    It is processed under its own key, once.
    """
    bucket = trial.stack.outputs["UploadBucketName"]
    first = trial.wait_for_receipt("original", trial.upload("original"))
    copied = trial.stack.client("s3").copy_object(
        Bucket=bucket,
        Key=trial.key("copy"),
        CopySource={"Bucket": bucket, "Key": trial.key("original")},
    )
    trial.expect("copy", copied["VersionId"])
    assert trial.wait_for_receipt("copy", copied["VersionId"]).sha256 == first.sha256


def test_event_says_5_gb(trial: Trial) -> None:
    """Event that claims 5 GB.

    It is parked with both sizes, unread; its batch mate is processed.
    """
    with trial.stack.paused():
        trial.upload("huge")
        (body,) = trial.stack.take()
        trial.stack.send(resized(body, FIVE_GB))
        trial.upload("mate")
    assert f"the event says {FIVE_GB} bytes, S3 has 7" in trial.wait_for_reason()
    trial.wait_for_receipt("mate")
    assert not trial.writes("huge")


def resized(body: str, size: int) -> str:
    event: Any = json.loads(body)
    event["Records"][0]["s3"]["object"]["size"] = size
    return json.dumps(event)


def test_delete_marker(trial: Trial) -> None:
    """Deleted before it is processed.

    The delete marker only hides it, so it gets its receipt.
    """
    with trial.stack.paused():
        version = trial.upload("hidden")
        trial.stack.client("s3").delete_object(
            Bucket=trial.stack.outputs["UploadBucketName"], Key=trial.key("hidden")
        )
    trial.wait_for_receipt("hidden", version)


def test_overwritten_without_versions(trial: Trial) -> None:
    """Overwritten in a bucket without versions before it is processed.

    Its event is superseded, and the later one processed.
    """
    s3, bucket = trial.stack.client("s3"), trial.stack.outputs["UploadBucketName"]

    def versioning(status: str) -> None:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    versioning("Suspended")
    try:
        with trial.stack.paused():
            for content in (b"first", b"second"):
                s3.put_object(Bucket=bucket, Key=trial.key("file"), Body=content)
        trial.expect("file", "null")
        receipt = trial.wait_for_receipt("file", "null")
        assert receipt.sha256 == hashlib.sha256(b"second").hexdigest()
        trial.wait_for_log("superseded", "file")
    finally:
        versioning("Enabled")
    assert trial.writes("file") == [200]
    assert not trial.stack.parked()


def test_version_gone(trial: Trial) -> None:
    """Version gone before it is processed.

    Parked at its first receive, as gone; its batch mate is processed.
    """
    with trial.stack.paused():
        version = trial.upload("gone")
        trial.stack.client("s3").delete_object(
            Bucket=trial.stack.outputs["UploadBucketName"],
            Key=trial.key("gone"),
            VersionId=version,
        )
        trial.upload("mate")
    assert "this version is gone" in trial.wait_for_reason()
    trial.wait_for_receipt("mate")
    assert trial.reads("gone") == 1
