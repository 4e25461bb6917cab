"""Where S3 writes who accessed the upload bucket."""

from dataclasses import dataclass

from awacs import s3 as s3_actions
from awacs.aws import Allow, ArnEquals, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, Sub, Template, s3

from generators import buckets
from generators.context import CONSTRAINED, FREE, REVIEWED, explained
from generators.policies import document
from generators.retention import Retention

PREFIX = "access-logs/"


@dataclass(frozen=True, kw_only=True)
class AccessLogRefs:
    """What later generators need from the access log bucket."""

    bucket: s3.Bucket
    bucket_policy: s3.BucketPolicy


def add_to(template: Template, *, upload_bucket_arn: Sub, retention: Retention) -> AccessLogRefs:
    """Add the bucket for access logs, and the policy that lets S3 deliver them."""
    bucket = template.add_resource(
        s3.Bucket(
            "AccessLogBucket",
            Metadata=explained(
                "Tells who asked for what in UploadBucket when something has gone wrong. In a "
                "bucket of its own, so that logs expire and are read apart from files.",
                mutable=REVIEWED,
                must=[
                    "S3's own key, also with Encryption=CustomerManaged: S3 cannot deliver logs "
                    'otherwise (Amazon S3 User Guide, "Enabling server access logging").',
                ],
                mutability={"BucketEncryption": CONSTRAINED, "LifecycleConfiguration": FREE},
                skip={"CKV_AWS_18": "a log of accesses to the log would never end"},
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
                "Opens the bucket to S3's log delivery alone, for UploadBucket alone. People read "
                "logs with permissions of their own.",
                mutable=REVIEWED,
                must=[
                    "It is there before UploadBucket and longer than it, so that no access is "
                    "missed.",
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
    return Statement(
        Sid="AcceptAccessLogs",
        Effect=Allow,
        Principal=Principal("Service", "logging.s3.amazonaws.com"),
        Action=[s3_actions.PutObject],
        Resource=[buckets.objects(bucket, PREFIX)],
        Condition=Condition(
            [
                ArnEquals({"aws:SourceArn": upload_bucket_arn}),
                StringEquals({"aws:SourceAccount": AccountId}),
            ]
        ),
    )
