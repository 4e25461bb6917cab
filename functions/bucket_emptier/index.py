"""Empties a bucket when CloudFormation deletes it: versions, delete markers, unfinished uploads.

The custom resource behind the ephemeral template. CloudFormation waits for an
answer, so there is always one: success, failure, or, shortly before Lambda's own
timeout, a failure that says how far it came; deleting the stack again goes on there.
"""

from __future__ import annotations

import json
import time
import traceback
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError

BATCH = 1000  # versions per request, S3's maximum
GRACE_MS = 20_000  # kept back to answer before Lambda's own timeout
ATTEMPTS = 3  # to deliver the answer


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle one CloudFormation request and answer it."""
    try:
        if event["RequestType"] == "Delete":
            bucket = boto3.resource("s3").Bucket(event["ResourceProperties"]["BucketName"])
            empty(bucket, context.get_remaining_time_in_millis)
    except Exception as error:
        # Not raised again: Lambda would run the request twice more, after it was answered.
        log("ERROR", f"{type(error).__name__}: {error}", trace=traceback.format_exc())
        answer(event, "FAILED", f"{type(error).__name__}: {error}")
    else:
        answer(event, "SUCCESS", "")


def empty(bucket: Any, remaining_ms: Callable[[], int]) -> None:
    """Delete every version, delete marker and unfinished upload in the bucket.

    Raises:
        RuntimeError: S3 refused to delete an object; the message says which and why.
        TimeoutError: Something is left, and the time is nearly over.
    """
    deleted = 0

    def count(number: int) -> None:
        nonlocal deleted
        deleted += number
        if remaining_ms() < GRACE_MS:
            raise TimeoutError(f"{deleted} deleted, {bucket.name} has more: delete the stack again")

    try:
        while responses := bucket.object_versions.limit(BATCH).delete():
            for response in responses:
                for error in response.get("Errors", []):
                    raise RuntimeError(f"not deleted from {bucket.name}: {error}")
                count(len(response.get("Deleted", [])))
        for upload in bucket.multipart_uploads.all():
            upload.abort()
            count(1)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise
    log("INFO", f"{deleted} deleted", bucket=bucket.name)


def log(level: str, message: str, **fields: str) -> None:
    """Write a line as Lambda filters by level (its Developer Guide, "Log-level filtering")."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    print(json.dumps({"timestamp": now, "level": level, "message": message, **fields}))


def answer(event: dict[str, Any], status: str, reason: str) -> None:
    """Tell CloudFormation how it went.

    Raises:
        OSError: It could not be delivered. Lambda then runs the whole request again.
    """
    body = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body |= {
        "Status": status,
        "Reason": reason[:1000],  # the whole answer may have 4,096 bytes
        # Always the same, or CloudFormation would take an update for a replacement.
        "PhysicalResourceId": event["LogicalResourceId"],
    }
    request = urllib.request.Request(
        event["ResponseURL"],
        data=json.dumps(body).encode(),
        method="PUT",
        headers={"Content-Type": ""},  # the URL is signed without one
    )
    for attempt in range(1, ATTEMPTS + 1):
        try:
            urllib.request.urlopen(request, timeout=5).close()
            return
        except OSError:
            if attempt == ATTEMPTS:
                raise
            time.sleep(attempt)
