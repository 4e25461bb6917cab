"""Who deletes a version of an object needs two permissions.

Amazon S3 API Reference, "DeleteObjects" and "DeleteObject": ``s3:DeleteObject`` always, and
``s3:DeleteObjectVersion`` to delete a version. ministack asks for one of them; for which, depends
on the request's form and the object's place in it.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

from local.replacements import around

BOTH = ("s3:DeleteObject", "s3:DeleteObjectVersion")

# Actions, each with the ARN of what it is on.
Checks = list[tuple[str, str]]


@around("core.iam_actions", "s3_additional_checks")
def with_both(
    additional: Callable[..., Checks],
    method: str,
    path: str,
    headers: Any,
    body: bytes,
    query: dict[str, Any],
) -> Checks:
    """Return what a request needs beyond its first action."""
    known = additional(method, path, headers, body, query)
    needed = [(action, arn) for arn in versions(method, path, body, query) for action in BOTH]
    return [*known, *(check for check in needed if check not in known)]


def versions(method: str, path: str, body: bytes, query: dict[str, Any]) -> list[str]:
    """Return the ARNs of the objects that a request deletes versions of."""
    bucket, _, key = path.strip("/").partition("/")
    if method == "POST" and "delete" in query:
        targets = iam_actions._s3_batch_delete_targets(bucket, body)
        return [arn for arn, version in targets if version]
    single = method == "DELETE" and key and "versionId" in query and "tagging" not in query
    return [f"arn:aws:s3:::{bucket}/{key}"] if single else []
