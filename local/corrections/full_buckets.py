"""Refuses to delete a bucket that is not empty with its stack, as S3 does.

ministack's CloudFormation makes it disappear with what is in it. On AWS the bucket, and with it the
stack, is DELETE_FAILED (CloudFormation User Guide, "Troubleshooting CloudFormation", "Delete stack
fails"); a bucket that is gone already is no failure.
"""

from collections.abc import Callable, Mapping
from typing import Any

from local.replacements import HANDLERS, around


@around(*HANDLERS, "AWS::S3::Bucket", "delete")
def unless_full(
    delete: Callable[[str, Mapping[str, Any]], None], name: str, properties: Mapping[str, Any]
) -> None:
    """Delete a bucket of a stack.

    Raises:
        ValueError: Something is in it, be it an old version or a delete marker.
    """
    from ministack.services import s3

    bucket = s3._buckets.get(name)
    if bucket and (bucket["objects"] or s3._bucket_has_versions(name)):
        raise ValueError(
            "The bucket you tried to delete is not empty. You must delete all versions in the "
            "bucket. (Service: S3, Status Code: 409)"
        )
    delete(name, properties)
