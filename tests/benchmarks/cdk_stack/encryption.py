"""The KMS key that exists if the stack is to have its own."""

from dataclasses import dataclass

from aws_cdk import Aws, Duration, Fn, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from tests.benchmarks.cdk_stack.choices import Choices

ADMINISTER = (
    *("CancelKeyDeletion", "DescribeKey", "DisableKey", "DisableKeyRotation", "EnableKey"),
    *("EnableKeyRotation", "GetKeyPolicy", "GetKeyRotationStatus", "ListGrants"),
    *("ListKeyPolicies", "ListResourceTags", "PutKeyPolicy", "RevokeGrant"),
    *("ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateKeyDescription"),
)
USE = (
    *("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
    *("ReEncryptFrom", "ReEncryptTo"),
)
SERVICES = ("s3", "secretsmanager", "dynamodb")


@dataclass(frozen=True)
class Encryption:
    """The key, and how other resources refer to it."""

    key: kms.Key
    choices: Choices

    def apply_to(self, construct: Construct, path: str) -> None:
        """Set a property of the construct to the key's ARN, if there is a key."""
        arn, nothing = self.key.key_arn, Aws.NO_VALUE
        self.override(construct, path, Fn.condition_if(self.name, arn, nothing))

    @staticmethod
    def override(construct: Construct, path: str, value: object) -> None:
        """Set a property that the construct itself cannot set."""
        construct.node.default_child.add_property_override(path, value)

    @property
    def name(self) -> str:
        """The condition under which there is a key."""
        return str(self.choices.own_key.logical_id)


def add_to(stack: Stack, choices: Choices, role: iam.Role) -> Encryption:
    """Add the key to the stack."""

    def allow(
        sid: str, principal: iam.IPrincipal, actions: tuple[str, ...], **conditions: object
    ) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            sid=sid,
            principals=[principal],
            actions=[f"kms:{action}" for action in actions],
            resources=["*"],
            conditions=conditions,
        )

    root = iam.AccountRootPrincipal()
    via = {"kms:ViaService": [f"{name}.{Aws.REGION}.{Aws.URL_SUFFIX}" for name in SERVICES]}
    table = {"kms:ViaService": [f"dynamodb.{Aws.REGION}.{Aws.URL_SUFFIX}"]}
    logs = f"arn:{Aws.PARTITION}:logs:{Aws.REGION}:{Aws.ACCOUNT_ID}:log-group:{Aws.STACK_NAME}-*"
    topics = f"arn:{Aws.PARTITION}:sns:{Aws.REGION}:{Aws.ACCOUNT_ID}:{Aws.STACK_NAME}-*"
    statements = [
        allow("AdministerKey", root, ADMINISTER),
        allow("UseThroughServices", root, USE, StringEquals=via),
        allow("LetTableKeepUsingKey", root, ("CreateGrant",), StringEquals=table),
        allow(
            "EncryptLog",
            iam.ServicePrincipal(f"logs.{Aws.REGION}.{Aws.URL_SUFFIX}"),
            USE,
            ArnLike={"kms:EncryptionContext:aws:logs:arn": logs},
        ),
        allow(
            "PublishAlarms",
            iam.ServicePrincipal("cloudwatch.amazonaws.com"),
            ("Decrypt", "GenerateDataKey"),
            ArnLike={"kms:EncryptionContext:aws:sns:topicArn": topics},
        ),
        allow("ReadAsFunction", iam.ArnPrincipal(role.role_arn), ("Decrypt",), StringEquals=via),
    ]
    key = kms.Key(
        stack,
        "EncryptionKey",
        description=f"Data of stack {Aws.STACK_NAME}",
        enable_key_rotation=True,
        pending_window=Duration.days(30),
        policy=iam.PolicyDocument(statements=statements),
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    key.node.default_child.cfn_options.condition = choices.own_key
    return Encryption(key, choices)
