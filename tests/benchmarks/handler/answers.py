"""What AWS answers, where everything goes well."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

CONTENT = b"hello"
ETAG = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
VERSION = "096fKKXTRTtl3on89fVO.nfljtsv6qko"
OBJECT_HEADERS = {
    "ETag": f'"{ETAG}"',
    "Last-Modified": "Mon, 23 Nov 2026 05:55:35 GMT",
    "Content-Type": "text/plain",
    "x-amz-version-id": VERSION,
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


@dataclass(frozen=True)
class Answer:
    """The operation that a request asked for, and the response."""

    operation: str
    headers: Mapping[str, str]
    body: bytes


def answer(method: str, headers: Mapping[str, str]) -> Answer | None:
    """Return the answer to a request; none to one that no handler here sends."""
    if method in ("GET", "HEAD"):
        return Answer(f"{method.title()}Object", OBJECT_HEADERS, CONTENT)
    target = headers.get("X-Amz-Target", "")
    if target not in JSON_BODIES:
        return None
    content_type = {"Content-Type": headers.get("Content-Type", "")}
    return Answer(target.split(".")[1], content_type, json.dumps(JSON_BODIES[target]).encode())
