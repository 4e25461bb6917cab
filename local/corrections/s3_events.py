"""Events of S3 say on EventBridge what AWS documents.

Amazon S3 User Guide, "EventBridge event message structure". ministack leaves out the version, says
the time in milliseconds, and of what is deleted a size and an empty ETag.
"""

import json
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from local.replacements import around

EMPTY = "d41d8cd98f00b204e9800998ecf8427e"  # the ETag of a delete marker

version: ContextVar[str | None] = ContextVar("version", default=None)


@around("services.s3", "_fire_s3_event")
def fire(original: Callable[..., None], *arguments: Any, **options: Any) -> None:
    """Announce what happened to an object; its version goes to notifications alone."""
    token = version.set(options.get("version_id"))
    try:
        original(*arguments, **options)
    finally:
        version.reset(token)


@around("services.eventbridge", "_dispatch_event")
def dispatch(original: Callable[..., None], event: dict[str, Any], *rest: Any) -> None:
    if event["Source"] == "aws.s3":
        detail = json.loads(event["Detail"])
        named = documented(detail["object"], detail.get("deletion-type"))
        # Half a second is no part of it: the guide's examples have whole ones.
        time = f"{event['Time'][:19]}Z"
        event = {**event, "Detail": json.dumps({**detail, "object": named}), "Time": time}
    original(event, *rest)


def documented(named: dict[str, Any], deletion: str | None) -> dict[str, Any]:
    """Return an event's object; ``deletion`` is how it was deleted, if it was."""
    if deletion:
        named = {key: value for key, value in named.items() if key not in ("size", "etag")}
    if deletion == "Delete Marker Created":
        named["etag"] = EMPTY
    return {**named, "version-id": version.get()} if version.get() else named
