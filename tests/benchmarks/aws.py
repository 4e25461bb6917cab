"""An AWS that is always well and takes as long as it is told to: in place of botocore's HTTP."""

import base64
import hashlib
import io
import json
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from urllib3 import HTTPResponse

CONTENT = b"hello"  # and its ETag, as in tests/events/put.json
OBJECT_HEADERS: Any = {
    "Content-Length": str(len(CONTENT)),
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
BODIES: dict[str, dict[str, Any]] = {"GetSecretValue": SECRET, "PutItem": {}, "PutMetricData": {}}


@contextmanager
def answering(delay_ms: float) -> Iterator[list[str]]:
    """Answer every call of botocore in this process, and yield the operations as they come."""
    calls: list[str] = []

    def send(_: URLLib3Session, request: Any) -> AWSResponse:
        target = request.headers.get("X-Amz-Target", b"")
        target = target.decode() if isinstance(target, bytes) else target
        operation = target.rpartition(".")[2] or f"{request.method.title()}Object"
        calls.append(operation)
        time.sleep(delay_ms / 1000)
        body, headers = CONTENT, OBJECT_HEADERS
        if target:
            body = json.dumps(BODIES[operation]).encode()
            headers = {"Content-Length": str(len(body))}
        if request.method == "HEAD":
            body = b""
        raw = HTTPResponse(
            io.BytesIO(body), headers, 200, preload_content=False, request_method=request.method
        )
        return AWSResponse(request.url, 200, headers, raw)

    with patch.object(URLLib3Session, "send", send):
        yield calls
