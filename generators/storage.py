"""The bucket that people and programs upload to."""

from dataclasses import dataclass

from troposphere import If, Ref, Template, kms, s3

from generators import access_logs, buckets, naming
from generators.access_logs import AccessLogRefs
from generators.context import CONSTRAINED, FREE, NEVER, REVIEWED, explained
from generators.parameters import CUSTOMER_MANAGED_KEY, ParameterRefs
from generators.policies import document
from generators.retention import Retention

TIERING_AFTER_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class StorageRefs:
    """What later generators need from the bucket that files come from."""

    bucket: s3.Bucket


@dataclass(frozen=True, kw_only=True)
class OwnStorageRefs(StorageRefs):
    """What they need besides, if it is the stack's own."""

    bucket_policy: s3.BucketPolicy


def add_to(
    template: Template,
    *,
    parameters: ParameterRefs,
    logs: AccessLogRefs,
    key: kms.Key,
    retention: Retention,
) -> OwnStorageRefs:
    """Add the upload bucket: private, versioned, encrypted and logged."""
    bucket = template.add_resource(
        s3.Bucket(
            "UploadBucket",
            Metadata=explained(
                "Stores uploaded files. Versioning lets the function read exactly the content "
                "that an event announced, and lets users restore overwritten files. S3 "
                "Intelligent-Tiering lowers storage cost without slower access.",
                mutable=REVIEWED,
                must=[
                    "Depends on the queue policies, or S3 refuses the notification, and on "
                    "AccessLogBucketPolicy.",
                    "The name is derived and contains EnvironmentSuffix: policies refer to it "
                    "before the bucket exists. Another name means a new, empty bucket.",
                    "Keep versioning on: the function may read object versions only.",
                    "Do not add a notification for this prefix: S3 refuses overlapping filters.",
                ],
                mutability={
                    "BucketEncryption": CONSTRAINED,
                    "BucketName": NEVER,
                    "LoggingConfiguration": FREE,
                    "NotificationConfiguration": CONSTRAINED,
                    "VersioningConfiguration": NEVER,
                },
            ),
            DependsOn=[logs.bucket_policy.title],
            BucketName=naming.upload_bucket_name(parameters.environment_suffix),
            **buckets.private(),
            BucketEncryption=s3.BucketEncryption(
                ServerSideEncryptionConfiguration=[
                    If(
                        CUSTOMER_MANAGED_KEY,
                        buckets.encrypted_with(key.get_att("Arn")),
                        buckets.encrypted_by_s3(),
                    )
                ]
            ),
            LoggingConfiguration=s3.LoggingConfiguration(
                DestinationBucketName=logs.bucket.ref(), LogFilePrefix=access_logs.PREFIX
            ),
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[
                    buckets.abort_unfinished_uploads(),
                    s3.LifecycleRule(
                        Id="ExpireOldVersions",
                        Status="Enabled",
                        ExpiredObjectDeleteMarker=True,
                        NoncurrentVersionExpiration=s3.NoncurrentVersionExpiration(
                            NoncurrentDays=Ref(parameters.version_retention_days)
                        ),
                    ),
                    s3.LifecycleRule(
                        Id="TierByAccess",
                        Status="Enabled",
                        Transitions=[
                            s3.LifecycleRuleTransition(
                                StorageClass="INTELLIGENT_TIERING",
                                TransitionInDays=TIERING_AFTER_DAYS,
                            )
                        ],
                    ),
                ]
            ),
            **retention.policies,
        )
    )
    bucket_policy = template.add_resource(
        s3.BucketPolicy(
            "UploadBucketPolicy",
            Metadata=explained(
                "Requires TLS: S3 accepts plain HTTP as well. Allows nothing: permissions of "
                "uploaders and readers belong to their own roles.",
                mutable=REVIEWED,
                must=["No statement may allow access to everybody."],
            ),
            Bucket=bucket.ref(),
            PolicyDocument=document(buckets.refuse_plain_http(bucket)),
            **retention.protection,
        )
    )
    return OwnStorageRefs(bucket=bucket, bucket_policy=bucket_policy)
