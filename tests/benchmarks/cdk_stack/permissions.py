"""What the function may do: its role and policy."""

from aws_cdk import Aws, Fn, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3

from tests.benchmarks.cdk_stack.choices import Choices
from tests.benchmarks.cdk_stack.data import Data
from tests.benchmarks.cdk_stack.form import Form
from tests.benchmarks.cdk_stack.queues import Queues


def add_role_to(stack: Stack, form: Form, choices: Choices) -> iam.Role:
    """Add the role to the stack."""
    role = iam.Role(
        stack, "FileProcessorRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com")
    )
    role.node.default_child.permissions_boundary = Fn.condition_if(
        choices.has_boundary.logical_id, form.boundary.value_as_string, Aws.NO_VALUE
    ).to_string()
    return role


def add_policy_to(
    stack: Stack,
    form: Form,
    role: iam.Role,
    bucket: s3.Bucket,
    queues: Queues,
    data: Data,
    log_group: logs.LogGroup,
) -> iam.Policy:
    """Add the policy to the stack: these actions, and not the wider ones that grants bring."""

    def allow(sid: str, resource: str, *actions: str) -> iam.PolicyStatement:
        return iam.PolicyStatement(sid=sid, actions=list(actions), resources=[resource])

    uploads = bucket.arn_for_objects(f"{form.upload_prefix.value_as_string}*")
    return iam.Policy(
        stack,
        "FileProcessorPolicy",
        policy_name="ProcessFiles",
        roles=[role],
        statements=[
            allow("ReadUploads", uploads, "s3:GetObjectVersion"),
            allow("ReadSecret", data.secret.secret_arn, "secretsmanager:GetSecretValue"),
            allow("WriteLedger", data.ledger.table_arn, "dynamodb:PutItem"),
            allow(
                "ConsumeEvents",
                queues.ingest.queue_arn,
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ),
            allow("ParkEvents", queues.dead_letter.queue_arn, "sqs:SendMessage"),
            allow("WriteLog", log_group.log_group_arn, "logs:CreateLogStream", "logs:PutLogEvents"),
        ],
    )
