"""S3 delivers access logs as its own service, where the log bucket's policy lets it.

Amazon S3 User Guide, "Permissions for log delivery". ministack keeps the configuration and delivers
nothing. Here, each object that is created or deleted makes one log object, at once.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import unescape

from ministack.services import s3

from local.enforcement import trace
from local.replacements import around

DELIVERER = "logging.s3.amazonaws.com"
TARGET = re.compile(r"<TargetBucket>(.*?)</TargetBucket>", re.DOTALL)
PREFIX = re.compile(r"<TargetPrefix>(.*?)</TargetPrefix>", re.DOTALL)


@around("services.s3", "_fire_s3_event_async")
def with_access_log(
    announce: Callable[..., None], bucket: str, key: str, event: str, *rest: Any, **options: Any
) -> None:
    """Log the access, then announce it."""
    deliver(bucket, f"{bucket} {event} {key}\n")
    announce(bucket, key, event, *rest, **options)


def deliver(bucket: str, record: str) -> None:
    """Put one record where the bucket's access logs go, if they go anywhere and may."""
    configuration = s3._bucket_logging_config.get(bucket) or ""
    target, prefix = TARGET.search(configuration), PREFIX.search(configuration)
    if not target:
        return
    name = target[1]
    key = (unescape(prefix[1]) if prefix else "") + f"{datetime.now(UTC):%Y-%m-%d-%H-%M-%S}-"
    key += uuid4().hex[:16].upper()
    resource = f"arn:aws:s3:::{name}/{key}"
    source = {
        "aws:SourceArn": f"arn:aws:s3:::{bucket}",
        "aws:SourceAccount": s3._bucket_owner_account(bucket),
    }
    with s3._in_account(s3._bucket_owner_account(name)):
        policy = (s3.bucket_policy_for_arn(resource) or ("",))[0]
        if trace.lets_service(DELIVERER, "s3:PutObject", resource, policy, context=source):
            s3._put_object(name, key, record.encode(), {})
