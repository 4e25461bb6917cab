"""The emptier on the emulator: a stack goes with all that is in its buckets."""

import threading
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

Deploy = Callable[..., Any]
OBJECTS = 1100  # more than one batch


def test_versions_markers_and_unfinished_uploads_go(deploy: Deploy) -> None:
    stack = deploy()
    bucket, s3 = stack.outputs["UploadBucketName"], stack.client("s3")
    for number in range(OBJECTS):
        s3.put_object(Bucket=bucket, Key=f"old/{number}", Body=b"")
    for number in range(5):
        s3.put_object(Bucket=bucket, Key=f"old/{number}", Body=b"again")
        s3.delete_object(Bucket=bucket, Key=f"old/{number}")
    s3.create_multipart_upload(Bucket=bucket, Key="old/unfinished")
    stack.delete()
    assert bucket not in str(s3.list_buckets()["Buckets"])


def test_somebody_who_goes_on_uploading_does_not_hold_it_up(deploy: Deploy) -> None:
    stack = deploy()
    bucket, s3, refused = stack.outputs["UploadBucketName"], stack.client("s3"), threading.Event()

    def upload() -> None:
        while not refused.wait(0.02):
            try:
                s3.put_object(Bucket=bucket, Key="elsewhere/x", Body=b"")
            except ClientError as error:
                assert error.response["Error"]["Code"] == "NoSuchBucket"
                refused.set()

    uploader = threading.Thread(target=upload)
    uploader.start()
    try:
        stack.delete()
        uploader.join(10)
        assert refused.is_set()
    finally:
        refused.set()
        uploader.join()
