"""Deletes a bucket when CloudFormation does: versions, delete markers, unfinished uploads, itself.

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
# Something came in, or an upload was completed, since it was last looked (Amazon S3 API Reference,
# "DeleteBucket"; "AbortMultipartUpload").
MEANWHILE = ("BucketNotEmpty", "NoSuchUpload")
# What S3 says of many keys at once if one has a control character, which XML cannot hold
# (boto3#2005); one by one, they are in the address.
UNWRITABLE = "MalformedXML"
TAG = "DeletedWithStack"  # on each bucket that may be deleted


def handler(event: dict[str, Any], context: Any) -> None:
    """Handle one CloudFormation request and answer it."""
    try:
        if event["RequestType"] == "Delete":
            bucket = boto3.resource("s3").Bucket(event["ResourceProperties"]["BucketName"])
            if goes_with_stack(bucket):
                delete(bucket, context.get_remaining_time_in_millis)
    except Exception as error:
        # Not raised again: Lambda would run the request twice more, after it was answered.
        log("ERROR", f"{type(error).__name__}: {error}", trace=traceback.format_exc())
        answer(event, "FAILED", f"{type(error).__name__}: {error}")
    else:
        answer(event, "SUCCESS", "")


def goes_with_stack(bucket: Any) -> bool:
    """Tell by its tag whether the bucket may be deleted; one that is gone need not be.

    Delete does not always mean that the bucket goes: an update to the template that keeps its data
    removes this resource alone. By then it has taken the tag away, since CloudFormation removes
    resources after it has updated all others (CloudFormation User Guide, "Stack event status
    codes", UPDATE_COMPLETE_CLEANUP_IN_PROGRESS).
    """
    try:
        return any(tag["Key"] == TAG for tag in bucket.Tagging().tag_set)
    except ClientError as error:
        if code_of(error) in ("NoSuchBucket", "NoSuchTagSet"):
            return False
        raise


def delete(bucket: Any, remaining_ms: Callable[[], int]) -> None:
    """Delete every version, delete marker and unfinished upload, and then the bucket.

    Left to CloudFormation, an upload in between would make the bucket's deletion fail, and nobody
    would empty it any more when the stack is deleted again. To delete what is gone succeeds.

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

    while True:
        try:
            while responses := bucket.object_versions.limit(BATCH).delete():
                for response in responses:
                    for error in response.get("Errors", []):
                        raise RuntimeError(f"not deleted from {bucket.name}: {error}")
                    count(len(response.get("Deleted", [])))
            for upload in bucket.multipart_uploads.all():
                upload.abort()
                count(1)
            bucket.delete()
            break
        except ClientError as failure:
            if code_of(failure) == "NoSuchBucket":  # deleted by a request that got no answer
                break
            if code_of(failure) == UNWRITABLE:
                for version in bucket.object_versions.limit(BATCH):
                    version.delete()
                    count(1)
                continue
            if code_of(failure) not in MEANWHILE:
                raise
            time.sleep(1)
            count(0)
    log("INFO", f"{deleted} deleted", bucket=bucket.name)


def log(level: str, message: str, **fields: str) -> None:
    """Write a line as Lambda filters by level (its Developer Guide, "Log-level filtering")."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    print(json.dumps({"timestamp": now, "level": level, "message": message, **fields}))


def code_of(error: ClientError) -> str:
    """Return the AWS error code."""
    return str(error.response["Error"]["Code"])


def physical_id(event: dict[str, Any]) -> str:
    """Return the resource's ID: the bucket's name, so that another bucket is another resource.

    When it changes, CloudFormation sends Delete for the old ID with the old properties, after
    everything else was updated; after a failure, for the new one (CloudFormation Template
    Reference, "AWS::CloudFormation::CustomResource", "Replacing a custom resource during an
    update"). While the bucket is the same, so is the ID, also the one that older versions of this
    code gave: else the bucket in use would be deleted.
    """
    name = event.get("ResourceProperties", {}).get("BucketName")
    known = event.get("PhysicalResourceId")
    moved = event.get("OldResourceProperties", {}).get("BucketName") != name
    if known and not (event["RequestType"] == "Update" and moved):
        return str(known)
    return str(name or event["LogicalResourceId"])


def answer(event: dict[str, Any], status: str, reason: str) -> None:
    """Tell CloudFormation how it went.

    Raises:
        OSError: It could not be delivered. Lambda then runs the whole request again.
    """
    body = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body |= {
        "Status": status,
        "Reason": reason[:1000],  # the whole answer may have 4,096 bytes
        "PhysicalResourceId": physical_id(event),
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
