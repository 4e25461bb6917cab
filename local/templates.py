"""Hands templates over to the emulator's CloudFormation, which takes 51,200 bytes in a request."""

import functools
import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.emulator import EmulatorSession
from serverlessapp.clients import CloudFormationClient

# A bucket made there needs no LocationConstraint.
REGION = "us-east-1"


@contextmanager
def uploaded(
    cloudformation: CloudFormationClient, template: str | Mapping[str, Any]
) -> Iterator[str]:
    """Yield the URL of a template, as the emulator reads it, while it waits in a bucket.

    CloudFormation reads it before it answers, so the bucket is gone after the request. It is the
    root's: on AWS, whoever sends the URL needs ``s3:GetObject``; the emulator does not ask for it.
    """
    endpoint, bucket = cloudformation.meta.endpoint_url, f"template-{uuid.uuid4()}"
    s3 = storage(endpoint)
    s3.create_bucket(Bucket=bucket)
    try:
        body = template if isinstance(template, str) else json.dumps(template)
        s3.put_object(Bucket=bucket, Key="template", Body=body.encode())
        yield f"{endpoint}/{bucket}/template"
    finally:
        s3.delete_object(Bucket=bucket, Key="template")
        s3.delete_bucket(Bucket=bucket)


@functools.cache
def storage(endpoint: str) -> Any:
    """Return a client for S3; making it takes longer than using it."""
    return EmulatorSession(endpoint, REGION).client("s3")
