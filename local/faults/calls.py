"""What the fault proxy sees of a request to AWS, and AWS errors as each service words them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

# Signature Version 4: every signed request names its service here, whatever the protocol.
CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/[^/]+/([a-z0-9-]+)/aws4_request")
S3_VERBS = {"GET": "Get", "HEAD": "Head", "PUT": "Put", "POST": "Post", "DELETE": "Delete"}


@dataclass(kw_only=True)
class ProxiedCall:
    """One request to AWS."""

    service: str  # as Signature Version 4 names it: ``s3``, ``dynamodb``, ``monitoring``
    operation: str  # ``GetObject``, ``PutItem``; of S3 only the verb and Object or Bucket
    key: str = ""  # the S3 key that it is about, also for an entry of the ledger; else empty
    version_id: str = ""  # the version of that object; else empty
    status: int = 0  # HTTP status with which AWS answered; 0 when AWS was not asked
    over: bool = False  # whether the proxy is done with it


def parse(method: str, target: str, headers: Mapping[str, str], body: bytes) -> ProxiedCall:
    """Return which operation a request is.

    ``target`` is path and query, with the bucket in the path; names of headers are in lower case.
    """
    scope = CREDENTIAL_SCOPE.search(headers.get("authorization", ""))
    service = scope[1] if scope else ""
    path, _, query = target.partition("?")
    if operation := headers.get("x-amz-target"):
        item = json.loads(body or b"{}").get("Item", {})
        return ProxiedCall(
            service=service,
            operation=operation.rpartition(".")[2],
            key=item.get("object_key", {}).get("S", ""),
            version_id=item.get("version_id", {}).get("S", ""),
        )
    if service == "s3":
        _, _, key = unquote(path[1:]).partition("/")
        return ProxiedCall(
            service=service,
            operation=S3_VERBS.get(method, method) + ("Object" if key else "Bucket"),
            key=key,
            version_id=parse_qs(query).get("versionId", [""])[0],
        )
    action = parse_qs(body.decode(errors="replace")).get("Action")
    return ProxiedCall(service=service, operation=action[0] if action else path.rpartition("/")[2])


def error_body(service: str, code: str, message: str) -> tuple[str, bytes]:
    """Return content type and body of an error, in the format of the service.

    Source: the service models in botocore, ``metadata.protocol``: ``json`` for DynamoDB,
    Secrets Manager and SQS, ``rest-xml`` for S3.
    """
    if service == "s3":
        text = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        return "application/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
    document = {"__type": f"com.amazonaws.{service}#{code}", "message": message}
    return "application/x-amz-json-1.1", json.dumps(document).encode()
