"""Deletes the buckets of a throw-away stack with what is in them. Not in the retained template."""

from awacs import s3 as s3_actions
from awacs.aws import Statement
from troposphere import AWSHelperFn, AWSObject, Ref, Tags, Template, awslambda, iam, logs

from generators import inline, naming
from generators.access_logs import AccessLogRefs
from generators.buckets import objects
from generators.context import CONSTRAINED, FREE, REVIEWED, explained
from generators.parameters import ParameterRefs
from generators.permissions import lambda_role, write_log
from generators.policies import allow, document
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
                "Shows how far the buckets were emptied when deleting the stack fails.",
                mutable=FREE,
                skip={
                    "CKV_AWS_158": (
                        "contains counts and bucket names only, and is deleted with the stack"
                    )
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
            why="Deletes all object versions permanently, so it is limited to this stack's "
            "buckets. UploadBucket is named by its derived name, because the bucket is created "
            "after this function. Any EnvironmentSuffix is allowed: when the suffix changes, this "
            "policy changes before the old bucket is deleted.",
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
                "CloudFormation cannot delete a bucket that is not empty. This function empties "
                "the buckets when a stack for development or tests is deleted. The template that "
                "retains data does not have it. If deletion still fails, run serverlessapp empty "
                '(docs/operations.md, "When deleting fails").',
                mutable=REVIEWED,
                must=[
                    "Must answer CloudFormation in every case: without an answer, the stack "
                    "waits for ServiceTimeout of both custom resources.",
                    f"Deletes only buckets with the tag {DELETED_WITH_STACK}: an update that "
                    "retains a bucket removes the tag before it removes UploadBucketContents.",
                ],
                skip={
                    "CKV_AWS_115": "runs twice in the lifetime of a stack; reserved concurrency "
                    "would hold capacity permanently",
                    "CKV_AWS_116": "CloudFormation waits for the response and reports the failure",
                    "CKV_AWS_117": "calls only S3 and CloudFormation, for minutes",
                },
            ),
            Description="Empties and deletes the stack's buckets",
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
            "When it is deleted, it empties and deletes the bucket, and repeats that until no "
            "new objects arrive. It depends on UploadBucket, so CloudFormation deletes it first "
            "and then finds the bucket already gone.",
        ),
        (
            access_logs.bucket,
            access_logs.bucket_policy,
            "When it is deleted, it deletes the log bucket after the last logs can arrive: "
            "UploadBucket is gone by then, and so is AccessLogBucketPolicy, which depends on "
            'this. S3 delivers logs for hours after a request (Amazon S3 User Guide, "Logging '
            'requests with server access logging"); later logs are dropped.',
        ),
    ):
        bucket.Tags = Tags({DELETED_WITH_STACK: "true"})
        contents = BucketContents(
            f"{bucket.title}Contents",
            Metadata=explained(
                why,
                mutable=CONSTRAINED,
                must=[
                    "ServiceTimeout must be longer than BucketEmptier's Timeout, or "
                    "CloudFormation gives up before the function answers.",
                    "The physical ID changes only with the bucket's name: CloudFormation then "
                    "sends Delete for the old ID, which deletes the old bucket.",
                    "No property may change: earlier versions of BucketEmptier answer an update "
                    "with a new ID and would then empty the bucket in use.",
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
    return allow(
        "DeleteBuckets",
        [
            s3_actions.DeleteBucket,
            s3_actions.GetBucketTagging,
            s3_actions.ListBucketMultipartUploads,
            s3_actions.ListBucketVersions,
        ],
        buckets,
    )


def delete_contents(*objects: AWSHelperFn) -> Statement:
    """Delete what is in them, by version.

    Source: Amazon S3 API Reference, "DeleteObjects": ``DeleteObject`` always, and
    ``DeleteObjectVersion`` to delete a version.
    """
    return allow(
        "DeleteContents",
        [s3_actions.AbortMultipartUpload, s3_actions.DeleteObject, s3_actions.DeleteObjectVersion],
        objects,
    )
