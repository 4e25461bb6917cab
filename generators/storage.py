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
                "Where people and programs put files. Versions, so that exactly the content which "
                "an event announced is read, and replaced files can be restored. Files stay; S3 "
                "finds the cheapest storage class by itself, and access stays instant.",
                mutable=REVIEWED,
                must=[
                    "It waits for the policies of the queues that it announces files to, or S3 "
                    "refuses the notification, and for AccessLogBucketPolicy.",
                    "Its name is derived, from EnvironmentSuffix too: policies need it before "
                    "there is a bucket, which needs them. With another name, it begins empty.",
                    "Versioning stays on: the function may read versions only.",
                    "No other notification for the same prefix: S3 refuses filters that overlap.",
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
                    If(CUSTOMER_MANAGED_KEY, encrypted_by_stack(key), buckets.encrypted_by_s3())
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
                "S3 would answer plain HTTP as well. It lets nobody in: who may upload or read is "
                "said in the permissions of these people and programs, not here.",
                mutable=REVIEWED,
                must=["No statement here allows anything to everybody."],
            ),
            Bucket=bucket.ref(),
            PolicyDocument=document(buckets.refuse_plain_http(bucket)),
            **retention.protection,
        )
    )
    return OwnStorageRefs(bucket=bucket, bucket_policy=bucket_policy)


def encrypted_by_stack(key: kms.Key) -> s3.ServerSideEncryptionRule:
    """Return default encryption with the stack's key; the bucket key saves most KMS calls."""
    return s3.ServerSideEncryptionRule(
        BucketKeyEnabled=True,
        ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(
            SSEAlgorithm="aws:kms", KMSMasterKeyID=key.get_att("Arn")
        ),
    )
