"""Empties the buckets of a throw-away stack when it is deleted. Not in the retained template."""

from awacs import s3 as s3_actions
from awacs.aws import Allow, Statement
from troposphere import AWSHelperFn, AWSObject, Ref, Tags, Template, awslambda, iam, logs

from generators import inline, naming
from generators.accepted import Accepted
from generators.access_logs import AccessLogRefs
from generators.buckets import objects
from generators.parameters import ParameterRefs
from generators.permissions import lambda_role, write_log
from generators.policies import document
from generators.processing import ARCHITECTURE, CODE_TAG, RUNTIME, json_log
from generators.retention import Retention
from generators.storage import StorageRefs

TIMEOUT = 900  # seconds, Lambda's maximum: about a million versions
SERVICE_TIMEOUT = TIMEOUT + 30  # CloudFormation gives up later than the function

ACCEPTED = (
    Accepted(
        resource="BucketEmptier",
        rule="CKV_AWS_115",
        reason="it runs twice in a stack's life; a reservation would hold capacity all the time",
    ),
    Accepted(
        resource="BucketEmptier",
        rule="CKV_AWS_116",
        reason="CloudFormation waits for its answer and says what failed",
    ),
    Accepted(
        resource="BucketEmptier",
        rule="CKV_AWS_117",
        reason="it talks to S3 and CloudFormation alone, for minutes",
    ),
    Accepted(
        resource="BucketEmptierLogs",
        rule="CKV_AWS_158",
        reason="it holds numbers and the names of buckets, and goes with the stack",
    ),
)


class BucketContents(AWSObject):
    """Stands for what is in a bucket: deleting it empties the bucket."""

    resource_type = "Custom::BucketContents"
    props = {  # noqa: RUF012 (troposphere's way)
        "ServiceToken": (str, True),
        "ServiceTimeout": (int, True),
        "BucketName": (str, True),
    }


def add_to(
    template: Template,
    *,
    parameters: ParameterRefs,
    storage: StorageRefs,
    access_logs: AccessLogRefs,
) -> None:
    """Add the emptier and one custom resource for each bucket.

    Deletion runs against the dependencies: the upload bucket is emptied and deleted, then
    the log bucket's policy goes, so that no more logs arrive, and only then is the log
    bucket emptied.
    """
    log_group = template.add_resource(
        logs.LogGroup(
            "BucketEmptierLogs",
            RetentionInDays=Ref(parameters.log_retention_days),
            **Retention.EPHEMERAL.policies,
        )
    )
    # The upload bucket by its derived name: the bucket itself comes after the emptier.
    suffix = parameters.environment_suffix
    bucket_arns = (naming.upload_bucket_arn(suffix), access_logs.bucket.get_att("Arn"))
    object_arns = (naming.upload_bucket_arn(suffix, "/*"), objects(access_logs.bucket))
    role = template.add_resource(lambda_role("BucketEmptierRole", parameters))
    role.Policies = [
        iam.Policy(
            PolicyName="EmptyBuckets",
            PolicyDocument=document(
                list_contents(*bucket_arns), delete_contents(*object_arns), write_log(log_group)
            ),
        )
    ]
    function = template.add_resource(
        awslambda.Function(
            "BucketEmptier",
            Description="Empties buckets before they are deleted",
            Runtime=RUNTIME,
            Architectures=[ARCHITECTURE],
            Handler="index.handler",
            Code=awslambda.Code(ZipFile=inline.source("bucket_emptier")),
            MemorySize=256,
            Timeout=TIMEOUT,
            Role=role.get_att("Arn"),
            LoggingConfig=json_log(log_group),
            Tags=Tags({CODE_TAG: inline.digest("bucket_emptier")}),
        )
    )
    for title, bucket in (
        ("UploadBucketContents", storage.bucket),
        ("AccessLogBucketContents", access_logs.bucket),
    ):
        template.add_resource(
            BucketContents(
                title,
                ServiceToken=function.get_att("Arn"),
                ServiceTimeout=SERVICE_TIMEOUT,
                BucketName=bucket.ref(),
            )
        )
    access_logs.bucket_policy.DependsOn = ["AccessLogBucketContents"]


def list_contents(*buckets: AWSHelperFn) -> Statement:
    """Find every version, delete marker and unfinished upload."""
    return Statement(
        Sid="ListContents",
        Effect=Allow,
        Action=[s3_actions.ListBucketMultipartUploads, s3_actions.ListBucketVersions],
        Resource=list(buckets),
    )


def delete_contents(*objects: AWSHelperFn) -> Statement:
    """Delete them, by version.

    Source: Amazon S3 API Reference, "DeleteObjects": ``DeleteObject`` always, and
    ``DeleteObjectVersion`` to delete a version.
    """
    return Statement(
        Sid="DeleteContents",
        Effect=Allow,
        Action=[
            s3_actions.AbortMultipartUpload,
            s3_actions.DeleteObject,
            s3_actions.DeleteObjectVersion,
        ],
        Resource=list(objects),
    )
