"""Finds a bucket whoever owns it: templates and code come from the pipeline's account, too.

Amazon S3 User Guide, "General purpose bucket naming rules": names are unique among all accounts.
ministack looks among the caller's buckets alone, and takes the caller for the owner of any bucket
in ``aws:ResourceAccount`` (IAM User Guide, "AWS global condition context keys").
"""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import s3

from local.replacements import around

KEYS = ("aws:resourceaccount", "s3:resourceaccount")
S3 = "arn:aws:s3:::"


def owner(bucket: str) -> str:
    """Return the account that owns a bucket, the caller's if there is none."""
    return str(s3._bucket_owner_account(bucket) or get_account_id())


@around("services.s3", "_get_object_data")
def content(read: Callable[..., Any], bucket: str, *rest: Any, **options: Any) -> Any:
    """Return what an object has; who may read it is asked elsewhere."""
    with request_scope(owner(bucket), get_region()):
        return read(bucket, *rest, **options)


@around("core.iam_evaluator", "_resolve_condition_key")
def condition_key(resolve: Callable[[str, Any], Any], key: str, context: Any) -> Any:
    if key.lower() in KEYS and context.resource_arn.startswith(S3):
        return owner(context.resource_arn.removeprefix(S3).partition("/")[0])
    return resolve(key, context)
