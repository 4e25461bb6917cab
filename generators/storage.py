"""The bucket that people and programs upload to."""

from dataclasses import dataclass

from troposphere import If, Ref, Template, kms, s3

from generators import access_logs, buckets, naming
from generators.access_logs import AccessLogRefs
from generators.parameters import CUSTOMER_MANAGED_KEY, ParameterRefs
from generators.policies import document
from generators.queues import QueueRefs
from generators.retention import Retention

TIERING_AFTER_DAYS = 30  # then S3 finds the cheapest class by itself, access stays instant


@dataclass(frozen=True, kw_only=True)
class StorageRefs:
    """What later generators need from the upload bucket."""

    bucket: s3.Bucket


def add_to(
    template: Template,
    *,
    parameters: ParameterRefs,
    queues: QueueRefs,
    logs: AccessLogRefs,
    key: kms.Key,
    retention: Retention,
) -> StorageRefs:
    """Add the upload bucket: private, versioned, encrypted, logged, and announced.

    It depends on the queue's policy because S3 tests on creation whether it may send,
    and on the log bucket's policy so that no access is missed.
    """
    bucket = template.add_resource(
        s3.Bucket(
            "UploadBucket",
            DependsOn=[queues.ingest_policy.title, logs.bucket_policy.title],
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
            NotificationConfiguration=s3.NotificationConfiguration(
                QueueConfigurations=[
                    s3.QueueConfigurations(
                        Event="s3:ObjectCreated:*",
                        Queue=queues.ingest.get_att("Arn"),
                        Filter=s3.Filter(
                            S3Key=s3.S3Key(
                                Rules=[s3.Rules(Name="prefix", Value=Ref(parameters.upload_prefix))]
                            )
                        ),
                    )
                ]
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
    template.add_resource(
        s3.BucketPolicy(
            "UploadBucketPolicy",
            Bucket=bucket.ref(),
            PolicyDocument=document(buckets.refuse_plain_http(bucket)),
            **retention.protection,
        )
    )
    return StorageRefs(bucket=bucket)


def encrypted_by_stack(key: kms.Key) -> s3.ServerSideEncryptionRule:
    """Return default encryption with the stack's key; the bucket key saves most KMS calls."""
    return s3.ServerSideEncryptionRule(
        BucketKeyEnabled=True,
        ServerSideEncryptionByDefault=s3.ServerSideEncryptionByDefault(
            SSEAlgorithm="aws:kms", KMSMasterKeyID=key.get_att("Arn")
        ),
    )
