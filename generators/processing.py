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
from serverlessapp.processors.definition import Function

RUNTIME = "python3.13"
ARCHITECTURE = "arm64"
CODE_TAG = "CodeDigest"  # and output: which code runs
BATCH_SIZE = 10  # files


@dataclass(frozen=True, kw_only=True)
class ProcessingRefs:
    """What later generators need from the function.

    Attributes:
        code: Which code it runs: the digest of the inline code, or the key of the package.
    """

    function: awslambda.Function
    code: If | Ref


def add_log_group_to(
    template: Template,
    lane: Lane,
    *,
    parameters: ParameterRefs,
    key: kms.Key,
    retention: Retention,
) -> logs.LogGroup:
    """Add the log group of a lane's function."""
    return template.add_resource(
        logs.LogGroup(
            lane.logical_id("FileProcessorLogs"),
            Metadata=explained(
                "The only place that the function can write to: its role cannot make a log group, "
                "so none is without retention and key. CloudWatch takes its metrics from here.",
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
    where = "Its code is a package, which CodeBucket and the key name."
    if lane.is_first:
        code = If(HAS_CODE_PACKAGE, code, inline.digest("file_processor"))
        source = If(
            HAS_CODE_PACKAGE, package, awslambda.Code(ZipFile=inline.source("file_processor"))
        )
        where = (
            "Its code stands here, so that the console needs no bucket, unless CodeBucket and "
            "CodeKey bring a package."
        )
    own: dict[str, Any] = {}
    if lane.processor.function.storage != Function.storage:
        own["EphemeralStorage"] = awslambda.EphemeralStorage(Size=lane.processor.function.storage)
    function = template.add_resource(
        awslambda.Function(
            lane.logical_id("FileProcessor"),
            Metadata=explained(
                "Processes the files of a batch side by side, each for itself, so that a bad file "
                f"is tried again or parked alone. {where}",
                mutable=REVIEWED,
                must=[
                    f"It waits for {policy.title}: files may be there before the function is.",
                    "Its log keeps JSON and the level INFO. Metrics are lines of that level: above "
                    "it, Lambda drops them, and alarms stay silent.",
                    f"Another package has another {form.code_key.title}: CloudFormation does not "
                    "look into it.",
                    "The timeout is one of those in the mapping, which sets the queue's visibility "
                    "timeout with it.",
                ],
                mutability={
                    "LoggingConfig": CONSTRAINED,
                    "MemorySize": FREE,
                    "Timeout": CONSTRAINED,
                },
                skip={
                    "CKV_AWS_115": f"MaximumConcurrency of {mapping} limits it; a reservation "
                    "would also take from the account what may not be there",
                    "CKV_AWS_116": "the queue has one; Lambda's is for asynchronous invocations",
                    "CKV_AWS_173": "its environment holds names and no secret, encrypted with "
                    "Lambda's own key",
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
    template.add_resource(
        awslambda.EventSourceMapping(
            mapping,
            Metadata=explained(
                "Hands over as many files as SQS delivers without a waiting time. The limit of "
                "concurrency is here: it throttles before receives are used up, unlike a "
                "reservation of the function, which would park files that are not at fault.",
                mutable=REVIEWED,
                must=[
                    "Provisioned pollers take the place of the limit: Lambda refuses both (AWS "
                    'Lambda Developer Guide, "Configuring scaling behavior for SQS event source '
                    'mappings").',
                    "Item failures are reported: else a batch in which one file failed would count "
                    "as processed, and that file would be lost.",
                ],
                mutability={"FunctionResponseTypes": NEVER, "ScalingConfig": FREE},
            ),
            EventSourceArn=queues.ingest.get_att("Arn"),
            FunctionName=function.ref(),
            BatchSize=BATCH_SIZE,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig=If(
                HAS_POLLERS,
                NoValue,
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
    return ProcessingRefs(function=function, code=code)


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
