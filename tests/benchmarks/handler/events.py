"""The events of both handlers: the same S3 records, once bare and once in queue messages."""

import itertools
import json
import time
from typing import Any

from tests.benchmarks.handler import answers

BUCKET = "serverlessapp-dev-6d4c2be2-9f59-11f0-a2b6-0e190c227d73"
QUEUE = "arn:aws:sqs:us-east-1:123456789012:serverlessapp-dev-ingest-6d4c2be2"
# Each record is an event of its own: nothing is a duplicate, in one run or in two.
NUMBERS = itertools.count(time.time_ns())


def s3_event(files: int) -> dict[str, Any]:
    """Return what S3 invokes a function with."""
    return {"Records": [record(next(NUMBERS)) for _ in range(files)]}


def sqs_event(files: int) -> dict[str, Any]:
    """Return what Lambda invokes a function with that reads a queue: a message for each file."""
    return {"Records": [message(next(NUMBERS)) for _ in range(files)]}


def record(number: int) -> dict[str, Any]:
    """Return S3's record about one upload, as long as a real one."""
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventTime": "2026-11-23T05:55:35.244Z",
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AIDAEXAMPLE"},
        "requestParameters": {"sourceIPAddress": "192.0.2.10"},
        "responseElements": {
            "x-amz-request-id": "C3D13FE58DE4C810",
            "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD",
        },
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "ODU2NDkyNzUtOWFlYi00ZTQxLTk1YTEtZmI0Yzc3MmM0ODZl",
            "bucket": {
                "name": BUCKET,
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": f"arn:aws:s3:::{BUCKET}",
            },
            "object": {
                "key": f"uploads/readings-{number}.txt",
                "size": len(answers.CONTENT),
                "eTag": answers.ETAG,
                "versionId": answers.VERSION,
                "sequencer": f"{number:018X}",
            },
        },
    }


def message(number: int) -> dict[str, Any]:
    """Return the queue message about one upload."""
    return {
        "messageId": f"059f36b4-87a3-44ab-83d2-{number % 16**12:012x}",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": json.dumps({"Records": [record(number)]}),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "awsRegion": "us-east-1",
    }
