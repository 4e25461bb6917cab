"""What all buckets, or several, have in common."""

from typing import Any

from awacs import s3 as s3_actions
from awacs.aws import Statement
from troposphere import Sub, s3

from generators.policies import deny_insecure_transport
from generators.source import ExistingBucket

ABORT_UPLOADS_AFTER = 7  # days; parts of unfinished uploads are invisible and cost money
KEEP_DAYS = 365
KEEP_OVERWRITTEN_DAYS = 7


def private() -> dict[str, Any]:
    """Return the properties of a private, versioned bucket without ACLs."""
    return {
        "OwnershipControls": s3.OwnershipControls(
            Rules=[s3.OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]
        ),
        "PublicAccessBlockConfiguration": s3.PublicAccessBlockConfiguration(
            BlockPublicAcls=True,
            BlockPublicPolicy=True,
            IgnorePublicAcls=True,
            RestrictPublicBuckets=True,
        ),
        "VersioningConfiguration": s3.VersioningConfiguration(Status="Enabled"),
    }


def encrypted_by_s3() -> s3.ServerSideEncryptionRule:
    """Return default encryption with keys that S3 manages."""
    return s3.ServerSideEncryptionRule(
        ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
    )


def encrypted_with(key_arn: Any) -> s3.ServerSideEncryptionRule:
    """Return default encryption with a KMS key; the bucket key saves most KMS calls."""
    return s3.ServerSideEncryptionRule(
        BucketKeyEnabled=True,
        ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(
            SSEAlgorithm="aws:kms", KMSMasterKeyID=key_arn
        ),
    )


def abort_unfinished_uploads() -> s3.LifecycleRule:
    """Return the lifecycle rule for multipart uploads that nobody completed."""
    return s3.LifecycleRule(
        Id="AbortUnfinishedUploads",
        Status="Enabled",
        AbortIncompleteMultipartUpload=s3.AbortIncompleteMultipartUpload(
            DaysAfterInitiation=ABORT_UPLOADS_AFTER
        ),
    )


def expiring(rule_id: str) -> dict[str, Any]:
    """Return the properties that encrypt objects and delete them when they are of no use."""
    return {
        "BucketEncryption": s3.BucketEncryption(
            ServerSideEncryptionConfiguration=[encrypted_by_s3()]
        ),
        "LifecycleConfiguration": s3.LifecycleConfiguration(
            Rules=[
                abort_unfinished_uploads(),
                s3.LifecycleRule(
                    Id=rule_id,
                    Status="Enabled",
                    ExpirationInDays=KEEP_DAYS,
                    NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(
                        NoncurrentDays=KEEP_OVERWRITTEN_DAYS
                    ),
                ),
            ]
        ),
    }


def refuse_plain_http(bucket: s3.Bucket) -> Statement:
    """Refuse requests to the bucket and its objects without TLS."""
    return deny_insecure_transport(s3_actions.Action("*"), bucket.get_att("Arn"), objects(bucket))


def objects(bucket: s3.Bucket, prefix: str = "", suffix: str = "") -> Sub:
    """Return the ARN pattern of the bucket's objects; the prefix may hold ``${Parameter}``."""
    arn = bucket.ARN if isinstance(bucket, ExistingBucket) else f"${{{bucket.title}.Arn}}"
    return Sub(f"{arn}/{prefix}*{suffix}")
