"""The secret that signs receipts and the table that keeps them."""

from dataclasses import dataclass

from aws_cdk import Aws, Fn, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager

from tests.benchmarks.cdk_stack.encryption import Encryption

EXCLUDED = " %+~`#$&*()|[]{}:;<>?!'/\"\\"


@dataclass(frozen=True)
class Data:
    """The secret and the table."""

    secret: secretsmanager.Secret
    ledger: dynamodb.Table


def add_to(stack: Stack, encryption: Encryption) -> Data:
    """Add the secret and the table to the stack."""
    secret = secretsmanager.Secret(
        stack,
        "Secret",
        description="Signs the receipts (key: password)",
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template='{"username": "admin"}',
            generate_string_key="password",
            password_length=32,
            exclude_characters=EXCLUDED,
            include_space=False,
        ),
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    encryption.apply_to(secret, "KmsKeyId")
    ledger = dynamodb.Table(
        stack,
        "Ledger",
        partition_key=dynamodb.Attribute(name="object_key", type=dynamodb.AttributeType.STRING),
        billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        time_to_live_attribute="expires_at",
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=True,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    with_key = {
        "SSEEnabled": True,
        "SSEType": "KMS",
        "KMSMasterKeyId": encryption.key.key_arn,
    }
    ledger.add_to_resource_policy(
        iam.PolicyStatement(
            sid="DenyInsecureTransport",
            effect=iam.Effect.DENY,
            principals=[iam.StarPrincipal()],
            actions=["dynamodb:*"],
            resources=["*"],
            conditions={"Bool": {"aws:SecureTransport": "false"}},
        )
    )
    encryption.override(
        ledger,
        "SSESpecification",
        Fn.condition_if(encryption.name, with_key, Aws.NO_VALUE),
    )
    return Data(secret, ledger)
