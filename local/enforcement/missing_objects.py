"""Who may not list a bucket does not hear that an object, or a version of it, is not there.

Amazon S3 API Reference, "GetObject" and "HeadObject": with ``s3:ListBucket`` the answer is 404,
without it 403. ministack always says 404. AWS speaks of objects; that a version is meant, too, is
our reading. Which condition keys S3 has when it decides, it does not say: here there are none.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_region
from ministack.services import s3

from local.enforcement.requests import caller
from local.replacements import around

Answer = tuple[int, dict[str, str], bytes]


@around("services.s3", "_get_object")
@around("services.s3", "_head_object")
def unless_hidden(read: Callable[..., Answer], bucket: str, key: str, *rest: Any) -> Answer:
    """Read an object; what is missing is denied to who may not list the bucket."""
    answer = read(bucket, key, *rest)
    if answer[0] != 404 or s3._bucket_owner_account(bucket) is None:
        return answer
    arn = f"arn:aws:s3:::{bucket}"
    if not iam_evaluator.enforce(caller.get(), "s3:ListBucket", "s3", get_region(), arn):
        return answer
    denied: Answer = s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}/{key}")
    return denied
