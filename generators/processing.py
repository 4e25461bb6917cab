"""The function that processes files, its log, and the queue that drives it."""

from dataclasses import dataclass
from typing import Any

from troposphere import (
    If,
    NoValue,
    Ref,
    Split,
    StackName,
    Tags,
    Template,
    awslambda,
    iam,
    kms,
    logs,
)

from generators import inline
from generators.context import CONSTRAINED, FREE, NEVER, REVIEWED, explained
from generators.function_options import FunctionOptionRefs, after
from generators.lanes import Lane
from generators.ledger import LedgerRefs
from generators.options import HAS_POLLERS, IN_VPC, IS_TRACED
from generators.parameters import CUSTOMER_MANAGED_KEY, HAS_CODE_PACKAGE, ParameterRefs
from generators.queues import QueueRefs
from generators.retention import Retention
from generators.secret import SecretRefs
from generators.storage import StorageRefs
from serverlessapp.processors.function import Function

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
CODE_TAG = "CodeDigest"  # and output: which code runs
BATCH_SIZE = 10  # files


@dataclass(frozen=True, kw_only=True)
class ProcessingRefs:
    """What later generators need from the function."""

    function: awslambda.Function
    code: If | Ref  # which code it runs: the digest of the inline code, or the key of the package
    mapping: awslambda.EventSourceMapping  # of the queue


def add_log_group_to(
    template: Template, lane: Lane, *, parameters: ParameterRefs, key: kms.Key, retention: Retention
) -> logs.LogGroup:
    return template.add_resource(
        logs.LogGroup(
            lane.logical_id("FileProcessorLogs"),
            Metadata=explained(
                "The function's log. Its role cannot create log groups, so none exists without "
                "retention and encryption. CloudWatch extracts the metrics from it.",
                mutable=REVIEWED,
                mutability={"KmsKeyId": CONSTRAINED, "RetentionInDays": FREE},
            ),
            RetentionInDays=Ref(parameters.log_retention_days),
            KmsKeyId=If(CUSTOMER_MANAGED_KEY, key.get_att("Arn"), NoValue),
            **retention.policies,
        )
    )


def add_to(
    template: Template,
    lane: Lane,
    *,
    parameters: ParameterRefs,
    role: iam.Role,
    policy: iam.PolicyType,
    extras: FunctionOptionRefs,
    log_group: logs.LogGroup,
    storage: StorageRefs,
    queues: QueueRefs,
    secret: SecretRefs,
    ledger: LedgerRefs,
) -> ProcessingRefs:
    """Add a lane's function and connect it with the queue."""
    form = parameters.lanes[lane.name]
    options = parameters.options
    mapping = lane.logical_id("IngestMapping")
    package = awslambda.Code(S3Bucket=Ref(parameters.code_bucket), S3Key=Ref(form.code_key))
    code: If | Ref = Ref(form.code_key)
    source: If | awslambda.Code = package
    where = "The code is a zip in S3, named by CodeBucket and the key."
    if lane.is_first:
        code = If(HAS_CODE_PACKAGE, code, inline.digest("file_processor"))
        source = If(
            HAS_CODE_PACKAGE, package, awslambda.Code(ZipFile=inline.source("file_processor"))
        )
        where = (
            "The code is inline, so that the console needs no bucket, unless CodeBucket and "
            "CodeKey name a package."
        )
    own: dict[str, Any] = {}
    if lane.processor.function.storage != Function.storage:
        own["EphemeralStorage"] = awslambda.EphemeralStorage(Size=lane.processor.function.storage)
    function = template.add_resource(
        awslambda.Function(
            lane.logical_id("FileProcessor"),
            Metadata=explained(
                "Processes the files of a batch concurrently and independently, so that a failed "
                f"file is retried or parked alone. {where}",
                mutable=REVIEWED,
                must=[
                    f"Depends on {policy.title}: files can arrive as soon as the function exists.",
                    "Keep the log format JSON and the level INFO: metrics are log lines of level "
                    "INFO, which Lambda drops at a higher level, and alarms would stay silent.",
                    f"A new package needs a new {form.code_key.title}: CloudFormation does not "
                    "compare the content of the object.",
                    "The timeout must be a key of the mapping, which has the queue's visibility "
                    "timeout for it.",
                ],
                mutability={
                    "LoggingConfig": CONSTRAINED,
                    "MemorySize": FREE,
                    "Timeout": CONSTRAINED,
                },
                skip={
                    "CKV_AWS_115": f"MaximumConcurrency of {mapping} limits it; a reservation "
                    "would also take capacity from the account",
                    "CKV_AWS_116": "the queue has one; Lambda's is for asynchronous invocations",
                    "CKV_AWS_173": "environment variables contain no secrets, and Lambda encrypts "
                    "them",
                },
            ),
            DependsOn=[policy.title],
            Description="Processes uploaded files" + ("" if lane.is_first else f": {lane.name}"),
            Runtime=RUNTIME,
            Architectures=[ARCHITECTURE],
            Handler="index.handler",
            Code=source,
            MemorySize=Ref(form.memory),
            Timeout=Ref(form.timeout),
            **own,
            Role=role.get_att("Arn"),
            TracingConfig=If(
                IS_TRACED,
                awslambda.TracingConfig(Mode=after(extras.tracing, "Active")),
                NoValue,
            ),
            VpcConfig=If(
                IN_VPC,
                awslambda.VPCConfig(
                    SubnetIds=Split(",", after(extras.network, Ref(options.subnets))),
                    SecurityGroupIds=Split(",", Ref(options.security_groups)),
                ),
                NoValue,
            ),
            LoggingConfig=json_log(log_group),
            Environment=awslambda.Environment(
                Variables={
                    "STACK_NAME": StackName,
                    "PROCESSOR_NAME": lane.name,
                    # Read by packages that were made before 0.3.0.
                    "ENVIRONMENT": Ref(parameters.environment_suffix),
                    "PROCESSOR": Ref(form.processor) if form.processor else lane.processor.handler,
                    "BUCKET_NAME": storage.bucket.ref(),
                    "SECRET_ARN": secret.secret.get_att("Id"),
                    # The SDK's timeouts follow from it.
                    "FUNCTION_TIMEOUT": Ref(form.timeout),
                    "LEDGER_TABLE": ledger.table.ref(),
                    "DEAD_LETTER_QUEUE_URL": queues.dead_letter.ref(),
                    **{variable: Ref(value) for variable, value in form.settings.items()},
                }
            ),
            Tags=Tags({CODE_TAG: code}),
        )
    )
    made = template.add_resource(
        awslambda.EventSourceMapping(
            mapping,
            Metadata=explained(
                "Invokes the function as soon as files arrive, without a batching window. Limits "
                "concurrency here and not on the function: a reservation throttles after "
                "messages were received, which uses up receives and would park good files.",
                mutable=REVIEWED,
                must=[
                    "Provisioned pollers replace the maximum concurrency: Lambda refuses both "
                    '(AWS Lambda Developer Guide, "Configuring scaling behavior for SQS event '
                    'source mappings"). An empty ScalingConfig removes the concurrency that the '
                    "mapping had.",
                    "Keep ReportBatchItemFailures: without it, a batch with a failed file counts "
                    "as processed, and the file is lost.",
                ],
                mutability={"FunctionResponseTypes": NEVER, "ScalingConfig": FREE},
            ),
            EventSourceArn=queues.ingest.get_att("Arn"),
            FunctionName=function.ref(),
            BatchSize=BATCH_SIZE,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            # Lambda keeps what an update leaves out, so this says that it goes (CloudFormation
            # Template Reference, "AWS::Lambda::EventSourceMapping", ScalingConfig). For pollers no
            # page has such a value: docs/options.md.
            ScalingConfig=If(
                HAS_POLLERS,
                {},
                awslambda.ScalingConfig(MaximumConcurrency=Ref(form.concurrency)),
            ),
            ProvisionedPollerConfig=If(
                HAS_POLLERS,
                awslambda.ProvisionedPollerConfig(
                    MinimumPollers=Ref(options.minimum_pollers),
                    MaximumPollers=Ref(options.maximum_pollers),
                ),
                NoValue,
            ),
        )
    )
    return ProcessingRefs(function=function, code=code, mapping=made)


def json_log(log_group: logs.LogGroup) -> awslambda.LoggingConfig:
    """Return a logging configuration: JSON lines, into the given group.

    The levels are Lambda's defaults. CloudFormation sees drift of what a template says, and
    nothing else (AWS Lambda Developer Guide, "Log-level filtering"; AWS CloudFormation User
    Guide, "Detect unmanaged configuration changes to stacks and resources with drift detection").
    """
    return awslambda.LoggingConfig(
        LogGroup=log_group.ref(),
        LogFormat="JSON",
        ApplicationLogLevel="INFO",
        SystemLogLevel="INFO",
    )
