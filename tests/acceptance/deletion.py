"""After taskcat: each stack is gone, what it was to keep is there, and then is gone as well."""

from collections.abc import Iterator
from datetime import datetime

import jmespath
from botocore.exceptions import BotoCoreError, ClientError

from serverlessapp.clients import CloudFormationClient
from serverlessapp.errors import OperatorError
from serverlessapp.operations import empty
from serverlessapp.template.reading import load
from tests.acceptance.account import Account
from tests.acceptance.checks import stack as stacks
from tests.acceptance.checks.expectations import Broken, wait
from tests.acceptance.checks.result import StackResult
from tests.acceptance.checks.stack import MISSING, StackResource
from tests.acceptance.configuration import TaskcatTest

GONE = ("DELETE_COMPLETE", MISSING)
# What a service calls that which is not there. HEAD has no body, so S3 gives the status.
NOT_FOUND = (
    *("404", "NoSuchBucket", "NotFoundException", "ResourceNotFoundException"),
    *("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
)
# What holds data or costs money without its stack: its API, what describes it and by which
# parameter, and what is true of the answer (JMESPath) unless it is about to go.
LOOKS = {
    "AWS::DynamoDB::Table": (
        *("dynamodb", "describe_table", "TableName"),
        "Table.TableStatus != 'DELETING'",
    ),
    "AWS::KMS::Key": ("kms", "describe_key", "KeyId", "KeyMetadata.KeyState != 'PendingDeletion'"),
    "AWS::Logs::LogGroup": ("logs", "describe_log_groups", "logGroupNamePrefix", "logGroups"),
    "AWS::S3::Bucket": ("s3", "head_bucket", "Bucket", "@"),
    "AWS::SQS::Queue": ("sqs", "get_queue_attributes", "QueueUrl", "@"),
    "AWS::SecretsManager::Secret": (
        "secretsmanager",
        "describe_secret",
        "SecretId",
        "!DeletedDate",
    ),
}


def finish(account: Account, test: TaskcatTest, result: StackResult, *, since: datetime) -> None:
    """Take away what is left of a stack, and note in its result what should not have been left."""
    cloudformation = account.client("cloudformation", result.region)
    problems: list[str] = []
    try:
        result.stack_id = result.stack_id or begun(cloudformation, result.test, since)
        if result.stack_id:
            problems += stack_problems(cloudformation, result.stack_id)
            problems += resource_problems(account, test, result)
    except (Broken, OperatorError, BotoCoreError, ClientError) as error:
        problems.append(f"left behind: {error}")
    result.deleted = not problems
    result.failures += problems


def begun(cloudformation: CloudFormationClient, test: str, since: datetime) -> str:
    """Return the ID of a stack that our hook never looked at, if there was one: it may be gone."""
    for page in cloudformation.get_paginator("list_stacks").paginate():
        for stack in page["StackSummaries"]:
            if stack["StackName"].startswith(f"tCaT-{test}-") and stack["CreationTime"] >= since:
                return stack["StackId"]
    return ""


def stack_problems(cloudformation: CloudFormationClient, stack_id: str) -> Iterator[str]:
    """Yield why the stack is still there, and delete it, if need be without what resists."""
    status = stacks.settled(cloudformation, stack_id)["StackStatus"]
    if status in GONE:
        return
    yield f"not deleted ({status}): {stacks.first_failure(cloudformation, stack_id)}"
    for mode in ("STANDARD", "FORCE_DELETE_STACK"):
        if mode == "STANDARD" and status == "DELETE_FAILED":
            continue  # that was tried
        cloudformation.delete_stack(StackName=stack_id, DeletionMode=mode)
        status = stacks.settled(cloudformation, stack_id)["StackStatus"]
        if status in GONE:
            return
    raise Broken(f"stack {stack_id} cannot be deleted: {status}")


def resource_problems(account: Account, test: TaskcatTest, result: StackResult) -> Iterator[str]:
    """Yield what is there and should not be, or the other way round; then remove it."""
    template = load(test.template.read_bytes())["Resources"]
    cloudformation = account.client("cloudformation", result.region)
    for resource in stacks.resources(cloudformation, result.stack_id):
        if resource.type not in LOOKS:
            continue
        name = f"{resource.logical_id} ({resource.physical_id})"
        keep = template[resource.logical_id].get("DeletionPolicy", "").startswith("Retain")
        if is_gone(account, result.region, resource, seconds=0 if keep else account.seconds):
            if keep and result.created:
                yield f"{name} is gone, though the template keeps it"
            continue
        if not keep:
            yield f"{name} was left behind"
        remove(account, result.region, resource)
        if not is_gone(account, result.region, resource, seconds=account.seconds):
            raise Broken(f"{name} cannot be removed")


def is_gone(account: Account, region: str, resource: StackResource, *, seconds: float) -> bool:
    """Tell whether a resource is gone, or will be within some seconds."""
    try:
        return wait(lambda: not exists(account, region, resource), seconds, lambda: "")
    except Broken:
        return False


def exists(account: Account, region: str, resource: StackResource) -> bool:
    service, operation, parameter, held = LOOKS[resource.type]
    look = getattr(account.client(service, region), operation)
    try:
        return bool(jmespath.search(held, look(**{parameter: resource.physical_id})))
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_FOUND:
            return False
        raise


def remove(account: Account, region: str, resource: StackResource) -> None:
    """Delete a resource and what is in it."""
    name, kind = resource.physical_id, resource.type
    service = account.client(LOOKS[kind][0], region)
    match kind:
        case "AWS::DynamoDB::Table":
            service.update_table(TableName=name, DeletionProtectionEnabled=False)
            service.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 1})
            service.delete_table(TableName=name)
        case "AWS::KMS::Key":
            service.schedule_key_deletion(KeyId=name, PendingWindowInDays=7)  # KMS's least
        case "AWS::Logs::LogGroup":
            service.delete_log_group(logGroupName=name)
        case "AWS::S3::Bucket":
            empty.delete(service, name, lambda _: None)
        case "AWS::SecretsManager::Secret":
            service.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        case "AWS::SQS::Queue":
            service.delete_queue(QueueUrl=name)


def artifact_bucket_problems(account: Account, bucket: str, regions: set[str]) -> Iterator[str]:
    """Delete taskcat's own buckets and yield what prevented it."""
    for region in sorted(regions):
        name = f"{bucket}-{region}"
        resource = StackResource(logical_id="", type="AWS::S3::Bucket", physical_id=name)
        try:
            if exists(account, region, resource):
                remove(account, region, resource)
        except (OperatorError, BotoCoreError, ClientError) as error:
            yield f"artifact bucket {name} was left behind: {error}"
