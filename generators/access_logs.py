"""Where S3 writes who accessed the upload bucket."""

from dataclasses import dataclass

from awacs import s3 as s3_actions
from awacs.aws import ArnEquals, Principal, Statement, StringEquals
from troposphere import AccountId, Sub, Template, s3

from generators import buckets
from generators.context import CONSTRAINED, FREE, REVIEWED, explained
from generators.policies import allow, document
from generators.retention import Retention

PREFIX = "access-logs/"


@dataclass(frozen=True, kw_only=True)
class AccessLogRefs:
    """What later generators need from the access log bucket."""

    bucket: s3.Bucket
    bucket_policy: s3.BucketPolicy


def add_to(template: Template, *, upload_bucket_arn: Sub, retention: Retention) -> AccessLogRefs:
    bucket = template.add_resource(
        s3.Bucket(
            "AccessLogBucket",
            Metadata=explained(
                "Records who made which request to UploadBucket, for investigations. A separate "
                "bucket, so that logs expire and are read independently of the files.",
                mutable=REVIEWED,
                must=[
                    "SSE-S3, also with Encryption=CustomerManaged: S3 cannot deliver access logs "
                    'to a bucket with SSE-KMS (Amazon S3 User Guide, "Enabling Amazon S3 server '
                    'access logging").',
                ],
                mutability={"BucketEncryption": CONSTRAINED, "LifecycleConfiguration": FREE},
                skip={
                    "CKV_AWS_18": "logging access to the log bucket would create an endless loop"
                },
            ),
            **buckets.private(),
            **buckets.expiring("ExpireLogs"),
            **retention.policies,
        )
    )
    bucket_policy = template.add_resource(
        s3.BucketPolicy(
            "AccessLogBucketPolicy",
            Metadata=explained(
                "Lets only the S3 log delivery service write, and only logs of UploadBucket. "
                "People read logs with permissions of their own.",
                mutable=REVIEWED,
                must=[
                    "Created before UploadBucket and deleted after it, so that every request is "
                    "logged.",
                ],
            ),
            Bucket=bucket.ref(),
            PolicyDocument=document(
                accept_access_logs(bucket, upload_bucket_arn), buckets.refuse_plain_http(bucket)
            ),
            **retention.protection,
        )
    )
    return AccessLogRefs(bucket=bucket, bucket_policy=bucket_policy)


def accept_access_logs(bucket: s3.Bucket, upload_bucket_arn: Sub) -> Statement:
    """Let S3 deliver the upload bucket's access logs, and no other bucket's.

    Source: Amazon S3 User Guide, "Permissions for log delivery".
    """
    return allow(
        "AcceptAccessLogs",
        [s3_actions.PutObject],
        [buckets.objects(bucket, PREFIX)],
        ArnEquals({"aws:SourceArn": upload_bucket_arn}),
        StringEquals({"aws:SourceAccount": AccountId}),
        principal=Principal("Service", "logging.s3.amazonaws.com"),
    )
