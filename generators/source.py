"""Where files come from: a bucket of the stack's own, or one that is there already. ADR 34."""

from enum import Enum, auto
from typing import Any

from troposphere import If, Ref, Sub, kms, s3

from generators.parameters import CUSTOMER_MANAGED_KEY, HAS_SOURCE_KEY, SOURCE_BUCKET, SOURCE_KEY


class UploadSource(Enum):
    """One template each: with a bucket of somebody else's, half of the resources are not there."""

    OWN_BUCKET = auto()
    EXISTING_BUCKET = auto()


class ExistingBucket(s3.Bucket):
    """Stands for the bucket that a parameter names, and is never added to a template."""

    ARN = f"arn:${{AWS::Partition}}:s3:::${{{SOURCE_BUCKET}}}"

    def __init__(self) -> None:
        super().__init__(SOURCE_BUCKET)

    def get_att(self, value: str) -> Any:
        """Return its ARN, the only attribute that follows from its name."""
        if value != "Arn":
            raise ValueError(f"{value} of an existing bucket is not known")
        return Sub(self.ARN)


def key_arn(bucket: s3.Bucket, key: kms.Key, otherwise: object) -> If:
    """Return the ARN of the key that encrypts what is in the upload bucket, if one does."""
    if isinstance(bucket, ExistingBucket):
        return If(HAS_SOURCE_KEY, Ref(SOURCE_KEY), otherwise)
    return If(CUSTOMER_MANAGED_KEY, key.get_att("Arn"), otherwise)
