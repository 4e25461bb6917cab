"""What AWS answers where everything goes well, and how large what it is given is."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import Any

CONTENT = b"hello"  # and its ETag, as in tests/events/put.json
OBJECT_HEADERS = {
    "ETag": f'"{hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()}"',
    "Last-Modified": "Mon, 23 Nov 2026 05:55:35 GMT",
    "Content-Type": "text/plain",
    "x-amz-version-id": "096fKKXTRTtl3on89fVO.nfljtsv6qko",
    "x-amz-meta-sha256": hashlib.sha256(CONTENT).hexdigest(),
    # S3 has it for whatever today's SDKs upload, and the SDK checks it.
    "x-amz-checksum-crc32": base64.b64encode(zlib.crc32(CONTENT).to_bytes(4, "big")).decode(),
    "x-amz-checksum-type": "FULL_OBJECT",
}
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:benchmark-AbCdEf"
SECRET = {
    "ARN": SECRET_ARN,
    "Name": "benchmark",
    "VersionId": "5048b1e1-1a3b-4b4c-9a1e-0d2a0a5d3c11",
    "SecretString": json.dumps({"username": "admin", "password": "x" * 32}),
    "VersionStages": ["AWSCURRENT"],
    "CreatedDate": 1_763_877_335.2,
}
JSON_BODIES = {
    "secretsmanager.GetSecretValue": SECRET,
    "DynamoDB_20120810.PutItem": {},
    "GraniteServiceVersion20100801.PutMetricData": {},
}


def answer(method: str, headers: Mapping[str, str]) -> tuple[str, Mapping[str, str], bytes] | None:
    """Return operation, headers and body for a request; none for what no handler here sends."""
    if method in ("GET", "HEAD"):
        return f"{method.title()}Object", OBJECT_HEADERS, CONTENT
    target = headers.get("X-Amz-Target", "")
    if target not in JSON_BODIES:
        return None
    content_type = {"Content-Type": headers.get("Content-Type", "")}
    return target.split(".")[1], content_type, json.dumps(JSON_BODIES[target]).encode()


def item_bytes(item: Mapping[str, Any]) -> int:
    """Return the bytes that DynamoDB charges for an item, or for a map in one.

    "DynamoDB item sizes and formats" in the Amazon DynamoDB Developer Guide.
    """
    return sum(len(name.encode()) + value_bytes(value) for name, value in item.items())


def value_bytes(attribute: Mapping[str, Any]) -> int:
    """Return the bytes of one value."""
    ((kind, value),) = attribute.items()
    if kind == "M":
        return 3 + len(value) + item_bytes(value)
    if kind == "L":
        return 3 + len(value) + sum(value_bytes(entry) for entry in value)
    if kind == "N":
        return len(value) // 2 + 2  # a byte for two digits, and at most two more
    return len(value.encode()) if kind == "S" else 1
