"""The upload bucket and the bucket with its access log."""

from aws_cdk import Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_s3 as s3

from tests.benchmarks.cdk_stack.encryption import Encryption
from tests.benchmarks.cdk_stack.form import Form
from tests.benchmarks.cdk_stack.names import Names
from tests.benchmarks.cdk_stack.queues import Queues

UNFINISHED = s3.LifecycleRule(
    id="AbortUnfinishedUploads", abort_incomplete_multipart_upload_after=Duration.days(7)
)
COMMON = {
    "block_public_access": s3.BlockPublicAccess.BLOCK_ALL,
    "encryption": s3.BucketEncryption.S3_MANAGED,
    "enforce_ssl": True,
    "object_ownership": s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
    "removal_policy": RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    "versioned": True,
}


def add_log_bucket_to(stack: Stack) -> s3.Bucket:
    """Add the bucket of access logs to the stack."""
    expire = s3.LifecycleRule(
        id="ExpireLogs",
        expiration=Duration.days(365),
        noncurrent_version_expiration=Duration.days(7),
    )
    return s3.Bucket(stack, "AccessLogBucket", lifecycle_rules=[UNFINISHED, expire], **COMMON)


def add_upload_bucket_to(
    stack: Stack, form: Form, names: Names, queues: Queues, logs: s3.Bucket, encryption: Encryption
) -> s3.Bucket:
    """Add the upload bucket to the stack."""
    bucket = s3.Bucket(
        stack,
        "UploadBucket",
        bucket_name=names.upload_bucket,
        server_access_logs_bucket=logs,
        server_access_logs_prefix="access-logs/",
        lifecycle_rules=[
            UNFINISHED,
            s3.LifecycleRule(
                id="ExpireOldVersions",
                expired_object_delete_marker=True,
                noncurrent_version_expiration=Duration.days(form.version_days.value_as_number),
            ),
            s3.LifecycleRule(
                id="TierByAccess",
                transitions=[
                    s3.Transition(
                        storage_class=s3.StorageClass.INTELLIGENT_TIERING,
                        transition_after=Duration.days(30),
                    )
                ],
            ),
        ],
        **COMMON,
    )
    encryption.override(
        bucket,
        "BucketEncryption.ServerSideEncryptionConfiguration",
        [Fn.condition_if(encryption.name, with_key(encryption.key.key_arn), with_key(None))],
    )
    resource: s3.CfnBucket = bucket.node.default_child
    resource.notification_configuration = notification(form, queues)
    resource.add_resource_dependency(queues.ingest.node.find_child("Policy").node.default_child)
    return bucket


def notification(form: Form, queues: Queues) -> s3.CfnBucket.NotificationConfigurationProperty:
    """Return S3's own notification; the construct's would deploy a second function."""
    rule = s3.CfnBucket.FilterRuleProperty(name="prefix", value=form.upload_prefix.value_as_string)
    return s3.CfnBucket.NotificationConfigurationProperty(
        queue_configurations=[
            s3.CfnBucket.QueueConfigurationProperty(
                event="s3:ObjectCreated:*",
                queue=queues.ingest.queue_arn,
                filter=s3.CfnBucket.NotificationFilterProperty(
                    s3_key=s3.CfnBucket.S3KeyFilterProperty(rules=[rule])
                ),
            )
        ]
    )


def with_key(arn: str | None) -> dict[str, object]:
    """Return the encryption of a bucket in CloudFormation's own words."""
    if arn is None:
        return {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}
    return {"BucketKeyEnabled": True, "ServerSideEncryptionByDefault": default}
