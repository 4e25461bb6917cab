"""Empties the buckets of a throw-away stack when it is deleted. Not in the retained template."""

from awacs import s3 as s3_actions
from awacs.aws import Allow, Statement
from troposphere import AWSHelperFn, AWSObject, Ref, Tags, Template, awslambda, iam, logs

from generators import inline, naming
from generators.access_logs import AccessLogRefs
from generators.buckets import objects
from generators.context import CONSTRAINED, FREE, REVIEWED, explained
from generators.parameters import ParameterRefs
from generators.permissions import lambda_role, write_log
from generators.policies import document
from generators.processing import ARCHITECTURE, CODE_TAG, RUNTIME, json_log
from generators.retention import Retention
from generators.storage import StorageRefs

TIMEOUT = 900  # seconds, Lambda's maximum: about a million versions
SERVICE_TIMEOUT = TIMEOUT + 30


class BucketContents(AWSObject):
    """What is in a bucket, as a custom resource."""

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
    """Add the emptier and one custom resource for each bucket."""
    log_group = template.add_resource(
        logs.LogGroup(
            "BucketEmptierLogs",
            Metadata=explained(
                "Says how far emptying came when deleting the stack takes too long or fails.",
                mutable=FREE,
                skip={
                    "CKV_AWS_158": "it holds numbers and the names of buckets, and goes with the "
                    "stack"
                },
            ),
            RetentionInDays=Ref(parameters.log_retention_days),
            **Retention.EPHEMERAL.policies,
        )
    )
    suffix = parameters.environment_suffix
    bucket_arns = (naming.upload_bucket_arn(suffix), access_logs.bucket.get_att("Arn"))
    object_arns = (naming.upload_bucket_arn(suffix, "/*"), objects(access_logs.bucket))
    role = template.add_resource(
        lambda_role(
            "BucketEmptierRole",
            parameters,
            why="Deletes for good, all versions too, so it reaches the two buckets of this stack "
            "only. UploadBucket by its derived name: the bucket itself comes after the emptier.",
        )
    )
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
            Metadata=explained(
                "CloudFormation refuses to delete a bucket that holds anything, and whoever throws "
                "a stack away should not have to empty it. Not in the template that keeps data.",
                mutable=REVIEWED,
                must=[
                    "It answers CloudFormation in every case: a stack that gets no answer waits "
                    "for ServiceTimeout of both custom resources.",
                ],
                skip={
                    "CKV_AWS_115": "it runs twice in a stack's life; a reservation would hold "
                    "capacity all the time",
                    "CKV_AWS_116": "CloudFormation waits for its answer and says what failed",
                    "CKV_AWS_117": "it talks to S3 and CloudFormation alone, for minutes",
                },
            ),
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
    for title, bucket, why in (
        (
            "UploadBucketContents",
            storage.bucket,
            "Deleting it empties the bucket: it refers to UploadBucket, and CloudFormation deletes "
            "against the dependencies, so this goes first.",
        ),
        (
            "AccessLogBucketContents",
            access_logs.bucket,
            "Deleting it empties the bucket when no more logs can arrive: UploadBucket is gone by "
            "then, and so is AccessLogBucketPolicy, which depends on this.",
        ),
    ):
        template.add_resource(
            BucketContents(
                title,
                Metadata=explained(
                    why,
                    mutable=CONSTRAINED,
                    must=[
                        "ServiceTimeout is longer than BucketEmptier's Timeout, or CloudFormation "
                        "gives up before it has answered.",
                    ],
                ),
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
