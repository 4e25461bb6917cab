"""The function, its log, and what feeds it."""

from pathlib import Path

from aws_cdk import Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from tests.benchmarks.cdk_stack.choices import Choices
from tests.benchmarks.cdk_stack.data import Data
from tests.benchmarks.cdk_stack.encryption import Encryption
from tests.benchmarks.cdk_stack.form import Form
from tests.benchmarks.cdk_stack.queues import Queues

SOURCE = Path(__file__).resolve().parents[3] / "functions" / "file_processor" / "index.py"


def add_log_group_to(stack: Stack, form: Form, encryption: Encryption) -> logs.LogGroup:
    """Add the function's log to the stack."""
    log_group = logs.LogGroup(
        stack, "FileProcessorLogs", removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    )
    encryption.override(log_group, "RetentionInDays", form.log_days.value_as_number)
    encryption.apply_to(log_group, "KmsKeyId")
    return log_group


def add_to(
    stack: Stack,
    form: Form,
    choices: Choices,
    role: iam.Role,
    policy: iam.Policy,
    log_group: logs.LogGroup,
    bucket: s3.Bucket,
    queues: Queues,
    data: Data,
) -> lambda_.Function:
    """Add the function to the stack, and the mapping that hands it batches."""
    code = SOURCE.read_text(encoding="utf-8")
    function = lambda_.Function(
        stack,
        "FileProcessor",
        description="Processes uploaded files",
        runtime=lambda_.Runtime.PYTHON_3_13,
        architecture=lambda_.Architecture.ARM_64,
        handler="index.handler",
        code=lambda_.Code.from_inline(code),
        memory_size=form.memory.value_as_number,
        timeout=Duration.seconds(form.timeout.value_as_number),
        role=role,
        log_group=log_group,
        logging_format=lambda_.LoggingFormat.JSON,
        environment={
            "ENVIRONMENT": form.environment.value_as_string,
            "PROCESSOR": form.processor.value_as_string,
            "BUCKET_NAME": bucket.bucket_name,
            "SECRET_ARN": data.secret.secret_arn,
            "LEDGER_TABLE": data.ledger.table_name,
            "DEAD_LETTER_QUEUE_URL": queues.dead_letter.queue_url,
        },
    )
    function.node.add_dependency(policy)
    package = {
        "S3Bucket": form.code_bucket.value_as_string,
        "S3Key": form.code_key.value_as_string,
    }
    function.node.default_child.add_property_override(
        "Code", Fn.condition_if(choices.has_package.logical_id, package, {"ZipFile": code})
    )
    lambda_.EventSourceMapping(
        stack,
        "IngestMapping",
        target=function,
        event_source_arn=queues.ingest.queue_arn,
        batch_size=10,
        report_batch_item_failures=True,
        max_concurrency=form.concurrency.value_as_number,
    )
    return function
