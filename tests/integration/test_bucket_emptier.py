"""The emptier on a bucket of the emulator: it empties, and it answers."""

import json
from collections.abc import Callable
from typing import Any

from .answers import deletion, listening

Deploy = Callable[..., Any]
OBJECTS = 1100  # more than one batch


def test_empties_versions_markers_and_unfinished_uploads(deploy: Deploy) -> None:
    stack = deploy()
    bucket, s3 = stack.outputs["UploadBucketName"], stack.client("s3")
    for number in range(OBJECTS):
        s3.put_object(Bucket=bucket, Key=f"old/{number}", Body=b"")
    for number in range(5):
        s3.put_object(Bucket=bucket, Key=f"old/{number}", Body=b"again")
        s3.delete_object(Bucket=bucket, Key=f"old/{number}")
    s3.create_multipart_upload(Bucket=bucket, Key="old/unfinished")
    functions = [
        f["FunctionName"]
        for f in stack.client("lambda").list_functions()["Functions"]
        if f["FunctionName"].startswith(f"{stack.name}-BucketEmptier")
    ]
    with listening() as (url, answers):
        payload = json.dumps(deletion(url, bucket))
        stack.client("lambda").invoke(FunctionName=functions[0], Payload=payload)
    assert [answer["Status"] for answer in answers] == ["SUCCESS"], answers
    left = s3.list_object_versions(Bucket=bucket)
    assert not left.get("Versions")
    assert not left.get("DeleteMarkers")
    assert not s3.list_multipart_uploads(Bucket=bucket).get("Uploads")
