"""Where S3 writes who accessed the upload bucket."""

from dataclasses import dataclass

from awacs import s3 as s3_actions
from awacs.aws import Allow, ArnEquals, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, Sub, Template, s3

from generators import buckets
from generators.accepted import Accepted
from generators.policies import document
from generators.retention import Retention

PREFIX = "access-logs/"
KEEP_DAYS = 365
KEEP_OVERWRITTEN_DAYS = 7

ACCEPTED = (
    Accepted(
        resource="AccessLogBucket",
        rule="CKV_AWS_18",
        reason="it holds the access logs; logging its own accesses would never end",
    ),
)


@dataclass(frozen=True, kw_only=True)
class AccessLogRefs:
    """What later generators need from the access log bucket."""

    bucket: s3.Bucket
    bucket_policy: s3.BucketPolicy


def add_to(template: Template, *, upload_bucket_arn: Sub, retention: Retention) -> AccessLogRefs:
    """Add the bucket for access logs. It never logs its own accesses: that would not end.

    S3's own key, also with a customer-managed key in the stack: S3 cannot deliver logs
    otherwise (Amazon S3 User Guide, "Enabling server access logging").
    """
    bucket = template.add_resource(
        s3.Bucket(
            "AccessLogBucket",
            **buckets.private(),
            BucketEncryption=s3.BucketEncryption(
                ServerSideEncryptionConfiguration=[buckets.encrypted_by_s3()]
            ),
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[
                    buckets.abort_unfinished_uploads(),
                    buckets.expire(
                        "ExpireLogs", days=KEEP_DAYS, overwritten_days=KEEP_OVERWRITTEN_DAYS
                    ),
                ]
            ),
            **retention.policies,
        )
    )
    bucket_policy = template.add_resource(
        s3.BucketPolicy(
            "AccessLogBucketPolicy",
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
