"""Deletes the buckets of a throw-away stack with what is in them. Not in the retained template."""

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
from generators.storage import OwnStorageRefs

TIMEOUT = 900  # seconds, Lambda's maximum: about a million versions
SERVICE_TIMEOUT = TIMEOUT + 30
DELETED_WITH_STACK = "DeletedWithStack"  # the tag that functions/bucket_emptier looks for


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
    storage: OwnStorageRefs,
    access_logs: AccessLogRefs,
) -> None:
    """Add the emptier and, for each bucket, a custom resource and the tag that allows it."""
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
    bucket_arns = (naming.any_upload_bucket_arn(), access_logs.bucket.get_att("Arn"))
    object_arns = (naming.any_upload_bucket_arn("/*"), objects(access_logs.bucket))
    role = template.add_resource(
        lambda_role(
            "BucketEmptierRole",
            parameters,
            why="Deletes for good, all versions too, so it reaches the buckets of this stack only. "
            "UploadBucket by its derived name: the bucket itself comes after the emptier. With any "
            "EnvironmentSuffix: a bucket that was replaced goes when this has changed already.",
        )
    )
    role.Policies = [
        iam.Policy(
            PolicyName="EmptyBuckets",
            PolicyDocument=document(
                delete_buckets(*bucket_arns), delete_contents(*object_arns), write_log(log_group)
            ),
        )
    ]
    function = template.add_resource(
        awslambda.Function(
            "BucketEmptier",
            Metadata=explained(
                "CloudFormation refuses to delete a bucket that holds anything, and whoever throws "
                "a stack away should not have to empty it. Not in the template that keeps data. "
                "When deleting fails all the same, serverlessapp empty does this from outside "
                '(docs/operations.md, "When deleting fails").',
                mutable=REVIEWED,
                must=[
                    "It answers CloudFormation in every case: a stack that gets no answer waits "
                    "for ServiceTimeout of both custom resources.",
                    f"It deletes only what has the tag {DELETED_WITH_STACK}: an update that keeps "
                    "a bucket has taken that away before it removes UploadBucketContents.",
                ],
                skip={
                    "CKV_AWS_115": "it runs twice in a stack's life; a reservation would hold "
                    "capacity all the time",
                    "CKV_AWS_116": "CloudFormation waits for its answer and says what failed",
                    "CKV_AWS_117": "it talks to S3 and CloudFormation alone, for minutes",
                },
            ),
            Description="Deletes buckets with what is in them",
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
    for bucket, policy, why in (
        (
            storage.bucket,
            storage.bucket_policy,
            "Deleting it empties and deletes the bucket, again and again until nothing comes in "
            "any more: it refers to UploadBucket, and CloudFormation deletes against the "
            "dependencies, so this goes first, and CloudFormation finds no bucket to delete.",
        ),
        (
            access_logs.bucket,
            access_logs.bucket_policy,
            "Deleting it deletes the bucket when no more logs can arrive: UploadBucket is gone by "
            "then, and so is AccessLogBucketPolicy, which depends on this. S3 delivers logs for "
            'hours after a request (Amazon S3 User Guide, "Logging requests with server access '
            'logging"); what comes later has nowhere to go.',
        ),
    ):
        bucket.Tags = Tags({DELETED_WITH_STACK: "true"})
        contents = BucketContents(
            f"{bucket.title}Contents",
            Metadata=explained(
                why,
                mutable=CONSTRAINED,
                must=[
                    "ServiceTimeout is longer than BucketEmptier's Timeout, or CloudFormation "
                    "gives up before it has answered.",
                    "Its physical ID changes with the bucket's name, and with nothing else: for "
                    "the old ID, CloudFormation sends Delete, which deletes the bucket.",
                    "No property changes: older versions of BucketEmptier answer an update with "
                    "another ID, and then empty the bucket that is in use.",
                ],
            ),
            ServiceToken=function.get_att("Arn"),
            ServiceTimeout=SERVICE_TIMEOUT,
            BucketName=bucket.ref(),
        )
        # Deleted first: nobody here knows whether CloudFormation deletes one of no bucket.
        policy.DependsOn = [template.add_resource(contents).title]


def delete_buckets(*buckets: AWSHelperFn) -> Statement:
    """Read the tag that allows it, find every version and unfinished upload, and delete the bucket.

    Source: Amazon S3 API Reference, "DeleteBucket", "GetBucketTagging", "ListMultipartUploads" and
    "ListObjectVersions".
    """
    return Statement(
        Sid="DeleteBuckets",
        Effect=Allow,
        Action=[
            s3_actions.DeleteBucket,
            s3_actions.GetBucketTagging,
            s3_actions.ListBucketMultipartUploads,
            s3_actions.ListBucketVersions,
        ],
        Resource=list(buckets),
    )


def delete_contents(*objects: AWSHelperFn) -> Statement:
    """Delete what is in them, by version.

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
