"""``empty``: delete the buckets over which the deletion of a stack stumbled, with all content."""

from collections.abc import Callable

from botocore.exceptions import ClientError

from serverlessapp.aws import describe
from serverlessapp.clients import CloudFormationClient, ObjectIdentifierTypeDef, S3Client
from serverlessapp.errors import OperatorError
from serverlessapp.report import Report, count

CONTENTS = "Contents"  # ends the logical ID of the custom resource that empties a bucket


def run(report: Report, name: str, cloudformation: CloudFormationClient, s3: S3Client) -> int:
    """Plan, ask, and delete.

    Raises:
        OperatorError: There is no such stack, or S3 keeps an object.
    """
    stack = describe(cloudformation, name)
    # A stack in use has resources that were not deleted, too, while CloudFormation tries that again
    # after an update (CloudFormation User Guide, "Monitor the progress of a stack update").
    is_stuck = stack["StackStatus"] == "DELETE_FAILED"
    buckets = stuck(cloudformation, stack["StackId"]) if is_stuck else {}
    document = {"stack": name, "buckets": buckets}
    if not buckets:
        report.say(f"nothing to empty: the deletion of stack {name} did not fail on a bucket")
        report.document({**document, "deleted": 0, "problem": ""})
        return 0
    report.table(("bucket", "reason"), list(buckets.items()))
    what = count(len(buckets), "bucket")
    if refused := report.refusal(f"Permanently delete {what} with all versions of all objects?"):
        report.document({**document, "deleted": 0, "problem": "nothing was changed"})
        return refused
    with report.progress(f"deleting {what}") as progress:
        deleted = sum(delete(s3, bucket, progress) for bucket in buckets)
    report.say(f"{what} with {count(deleted, 'version')} deleted; now delete stack {name} again")
    report.document({**document, "deleted": deleted, "problem": ""})
    return 0


def stuck(cloudformation: CloudFormationClient, stack: str) -> dict[str, str]:
    """Return the buckets that CloudFormation tried to delete in vain, and why it failed.

    It never tries those that the template retains.
    """
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    reasons = {
        resource["LogicalResourceId"].removesuffix(CONTENTS): resource.get(
            "ResourceStatusReason", ""
        )
        for resource in resources
        if resource["ResourceStatus"] == "DELETE_FAILED"
    }
    return {
        resource["PhysicalResourceId"]: reasons[resource["LogicalResourceId"]]
        for resource in resources
        if resource["ResourceType"] == "AWS::S3::Bucket"
        and resource["LogicalResourceId"] in reasons
    }


def delete(s3: S3Client, bucket: str, progress: Callable[[str], None]) -> int:
    """Delete a bucket and every version in it, also what comes in meanwhile; return their number.

    Raises:
        OperatorError: S3 refused to delete an object; the message says which and why.
    """
    deleted = 0
    while True:
        try:
            for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
                versions = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
                objects: list[ObjectIdentifierTypeDef] = []
                for version in versions:
                    key, version_id = version["Key"], version["VersionId"]
                    if key.isprintable():
                        objects.append({"Key": key, "VersionId": version_id})
                    else:  # XML has no control characters: S3 would say MalformedXML (boto3#2005)
                        s3.delete_object(Bucket=bucket, Key=key, VersionId=version_id)
                if objects:
                    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects})
                    for error in answer.get("Errors", ()):
                        raise OperatorError(
                            f"could not delete {error['Key']} in {bucket}: {error['Message']}"
                        )
                deleted += len(versions)
                progress(f"{deleted:,} versions")
            s3.delete_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] == "BucketNotEmpty":
                continue
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
        return deleted
