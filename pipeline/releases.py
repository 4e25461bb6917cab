"""The bucket of releases."""

from awacs import s3 as s3_actions
from awacs.aws import Condition, Deny, Null, Principal, Statement
from troposphere import Template, s3

from generators import buckets
from generators.context import CONSTRAINED, REVIEWED, explained
from generators.policies import document
from generators.retention import Retention


def add_to(template: Template) -> s3.Bucket:
    retention = Retention.RETAINED.policies
    bucket = template.add_resource(
        s3.Bucket(
            "ReleaseBucket",
            Metadata=explained(
                "Releases are published here once and never change: a link to a release always "
                "returns the same bytes.",
                mutable=REVIEWED,
                must=["Objects never expire, neither current nor old versions."],
                mutability={"LifecycleConfiguration": CONSTRAINED},
                skip={
                    "CKV_AWS_18": (
                        "objects cannot be overwritten or deleted, so there is no such access to "
                        "log"
                    )
                },
            ),
            **buckets.private(),
            BucketEncryption=s3.BucketEncryption(
                ServerSideEncryptionConfiguration=[buckets.encrypted_by_s3()]
            ),
            LifecycleConfiguration=s3.LifecycleConfiguration(
                Rules=[buckets.abort_unfinished_uploads()]
            ),
            **retention,
        )
    )
    template.add_resource(
        s3.BucketPolicy(
            "ReleaseBucketPolicy",
            Metadata=explained(
                "Applies to everyone, including the pipeline and administrators, so that no "
                "release is overwritten or deleted by mistake.",
                mutable=CONSTRAINED,
                must=[
                    "Uploads must use If-None-Match, so that S3 refuses existing keys, and a "
                    "single PutObject: everything else is denied.",
                ],
            ),
            Bucket=bucket.ref(),
            PolicyDocument=document(
                buckets.refuse_plain_http(bucket),
                put_only_if_absent(bucket),
                never_delete(bucket),
            ),
            **retention,
        )
    )
    return bucket


def put_only_if_absent(bucket: s3.Bucket) -> Statement:
    """Refuse a put that does not ask S3 to refuse it when the object exists.

    Source: Amazon S3 User Guide, "Enforce conditional writes on Amazon S3 buckets". Parts of
    multipart uploads cannot ask, and are refused too: releases are small.
    """
    return Statement(
        Sid="PutOnlyIfAbsent",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[s3_actions.PutObject],
        Resource=[buckets.objects(bucket)],
        Condition=Condition([Null({"s3:if-none-match": "true"})]),
    )


def never_delete(bucket: s3.Bucket) -> Statement:
    """Refuse to delete a release, or a version of it; only who may edit this policy can."""
    return Statement(
        Sid="NeverDelete",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[s3_actions.DeleteObject, s3_actions.DeleteObjectVersion],
        Resource=[buckets.objects(bucket)],
    )
