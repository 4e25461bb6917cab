"""The stack's own KMS key, made only when the user asks for one, and who may use it."""

from awacs import kms as kms_actions
from awacs.aws import (
    Allow,
    ArnLike,
    Bool,
    Condition,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import Sub, Template, iam, kms

from generators.context import CONSTRAINED, FREE, REVIEWED, explained
from generators.lanes import Lane
from generators.parameters import CUSTOMER_MANAGED_KEY
from generators.policies import document
from generators.retention import Retention

PENDING_WINDOW = 30  # days to change one's mind about deleting the key, KMS's maximum
ANY = ["*"]  # in a key policy, the key that carries it
USE = [
    kms_actions.Decrypt,
    kms_actions.Encrypt,
    kms_actions.GenerateDataKey,
    kms_actions.GenerateDataKeyWithoutPlaintext,
    kms_actions.ReEncryptFrom,
    kms_actions.ReEncryptTo,
]


def add_to(template: Template, *, retention: Retention) -> kms.Key:
    """Add the key, under a condition, for files, ledger, secret, log and alarms."""
    return template.add_resource(
        kms.Key(
            "EncryptionKey",
            Metadata=explained(
                "For who has to see every use of the key, or be able to end it; AWS's own keys "
                "encrypt otherwise, for nothing. One key for files, ledger, secret, log and "
                "alarms, with a statement for each service that it lets in.",
                mutable=CONSTRAINED,
                must=[
                    "It lives as long as anything that it encrypted: without it, nobody reads "
                    "that again.",
                    "AdministerKey stays: without it, nobody could ever change the key again "
                    '(AWS KMS Developer Guide, "Default key policy").',
                    "Its policy names no role: KMS may refuse one that was made a moment ago, and "
                    "keeps the ID of one that is gone.",
                    "AWS does not look whether who makes the key may change its policy at once: "
                    "DeployRole may as soon as the key's tags count.",
                ],
                mutability={"PendingWindowInDays": FREE},
            ),
            Condition=CUSTOMER_MANAGED_KEY,
            Description=Sub("Data of stack ${AWS::StackName}"),
            BypassPolicyLockoutSafetyCheck=True,
            EnableKeyRotation=True,
            PendingWindowInDays=PENDING_WINDOW,
            KeyPolicy=document(
                administer_key(),
                use_through_services(),
                let_services_keep_using_key(),
                encrypt_log(),
                publish_alarms(),
            ),
            **retention.key_policies,
        )
    )


def add_use_to(template: Template, lane: Lane, *, role: iam.Role, key: kms.Key) -> None:
    """Let the role of a lane's function read what the key encrypts."""
    template.add_resource(
        iam.PolicyType(
            lane.logical_id("FileProcessorKeyPolicy"),
            Metadata=explained(
                "Lets the function read what the key encrypts. Apart from "
                f"{lane.logical_id('FileProcessorPolicy')}, "
                "which waits until the ledger has changed: this comes as soon as there is a key, "
                "and CloudFormation takes it away last.",
                mutable=REVIEWED,
            ),
            Condition=CUSTOMER_MANAGED_KEY,
            PolicyName="UseKey",
            Roles=[role.ref()],
            PolicyDocument=document(decrypt_through_services(key)),
        )
    )


def account() -> Principal:
    """Everybody in the account whose own policy allows the same."""
    return Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))


def through(*services: str) -> dict[str, list[Sub]]:
    """Condition values: requests that these services make for somebody."""
    return {
        "kms:ViaService": [Sub(f"{name}.${{AWS::Region}}.${{AWS::URLSuffix}}") for name in services]
    }


def administer_key() -> Statement:
    """Let administrators manage the key, not decrypt with it."""
    return Statement(
        Sid="AdministerKey",
        Effect=Allow,
        Principal=account(),
        Action=[
            kms_actions.CancelKeyDeletion,
            kms_actions.DescribeKey,
            kms_actions.DisableKey,
            kms_actions.DisableKeyRotation,
            kms_actions.EnableKey,
            kms_actions.EnableKeyRotation,
            kms_actions.GetKeyPolicy,
            kms_actions.GetKeyRotationStatus,
            kms_actions.ListGrants,
            kms_actions.ListKeyPolicies,
            kms_actions.ListResourceTags,
            kms_actions.PutKeyPolicy,
            kms_actions.RevokeGrant,
            kms_actions.ScheduleKeyDeletion,
            kms_actions.TagResource,
            kms_actions.UntagResource,
            kms_actions.UpdateKeyDescription,
        ],
        Resource=ANY,
    )


def use_through_services() -> Statement:
    """Let people who may use bucket, secret and table use them although they are encrypted.

    The longest list is that of who creates the table or gives it the key. ``kms:DescribeKey``
    belongs to it, too; ``administer_key`` has it.

    Source: Amazon DynamoDB Developer Guide, "DynamoDB encryption at rest: usage notes"; AWS Secrets
    Manager API Reference, "UpdateSecret"; Amazon S3 User Guide, "Using server-side encryption with
    AWS KMS keys".
    """
    return Statement(
        Sid="UseThroughServices",
        Effect=Allow,
        Principal=account(),
        Action=USE,
        Resource=ANY,
        Condition=Condition([StringEquals(through("s3", "secretsmanager", "dynamodb"))]),
    )


def let_services_keep_using_key() -> Statement:
    """Let DynamoDB hold a grant, made when the table is created or gets the key.

    Only DynamoDB can come through DynamoDB, and it makes grants for itself alone. That grants are
    for AWS services only is said once more for who has to show it (AWS Control Tower, control
    CT.KMS.PV.1).

    Source: Amazon DynamoDB Developer Guide, "DynamoDB encryption at rest: usage notes".
    """
    return Statement(
        Sid="LetTableKeepUsingKey",
        Effect=Allow,
        Principal=account(),
        Action=[kms_actions.CreateGrant],
        Resource=ANY,
        Condition=Condition(
            [
                StringEquals(through("dynamodb")),
                Bool({"kms:GrantIsForAWSResource": "true"}),
            ]
        ),
    )


def encrypt_log() -> Statement:
    """Let CloudWatch Logs encrypt the log groups of this stack.

    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data using AWS KMS"; without
    ``kms:DescribeKey``, which has no encryption context and so never met the condition.
    """
    log_groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
    return Statement(
        Sid="EncryptLog",
        Effect=Allow,
        Principal=Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
        Action=USE,
        Resource=ANY,
        Condition=Condition(
            [
                ArnLike(
                    {"kms:EncryptionContext:aws:logs:arn": Sub(log_groups + "${AWS::StackName}-*")}
                )
            ]
        ),
    )


def publish_alarms() -> Statement:
    """Let CloudWatch alarms publish to the encrypted topics of this stack, and to no other.

    AWS documents no source that CloudWatch names to KMS (re:Post knowledge center,
    "cloudwatch-configure-alarm-sns"), but SNS names the topic in the encryption context (Amazon
    SNS Developer Guide, "Key management"). Which alarms may publish says the topic's policy.
    """
    topics = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-*"
    return Statement(
        Sid="PublishAlarms",
        Effect=Allow,
        Principal=Principal("Service", "cloudwatch.amazonaws.com"),
        Action=[kms_actions.Decrypt, kms_actions.GenerateDataKey],
        Resource=ANY,
        Condition=Condition([ArnLike({"kms:EncryptionContext:aws:sns:topicArn": Sub(topics)})]),
    )


def decrypt_through_services(key: kms.Key, *services: str) -> Statement:
    """Let a role decrypt what it reads through services: of files, secret and table, all or some.

    The key's policy lets who may in his own policy (``use_through_services``).
    """
    return Statement(
        Sid="DecryptThroughServices",
        Effect=Allow,
        Action=[kms_actions.Decrypt],
        Resource=[key.get_att("Arn")],
        Condition=Condition(
            [StringEquals(through(*(services or ("s3", "secretsmanager", "dynamodb"))))]
        ),
    )
