"""The stack's own KMS key, made only when the user asks for one, and who may use it."""

from awacs import kms as kms_actions
from awacs.aws import ArnLike, Bool, Principal, Statement, StringEquals
from troposphere import Sub, Template, iam, kms

from generators.context import CONSTRAINED, FREE, REVIEWED, explained
from generators.lanes import Lane
from generators.parameters import CUSTOMER_MANAGED_KEY
from generators.policies import allow, document
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
                "Optional (Encryption=CustomerManaged), for users who must audit or revoke each "
                "use of the key; otherwise, each service encrypts with its own key at no cost. "
                "One key for files, ledger, secret, log and alarms, with a policy statement for "
                "each service that uses it.",
                mutable=CONSTRAINED,
                must=[
                    "Must be kept as long as any data that it encrypted: without the key, that "
                    "data cannot be read.",
                    "Keep AdministerKey: without it, nobody can change the key policy again (AWS "
                    'KMS Developer Guide, "Default key policy").',
                    "The key policy must not name a role: KMS may refuse a role that was created "
                    "moments ago, and keeps the unique ID of one that was deleted.",
                    "BypassPolicyLockoutSafetyCheck: DeployRole is allowed to change the key "
                    "policy by the key's tags, which take effect only after the key is created.",
                ],
                mutability={"PendingWindowInDays": FREE},
            ),
            Condition=CUSTOMER_MANAGED_KEY,
            Description=Sub("Encrypts the data of stack ${AWS::StackName}"),
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
                "Lets the function use the key. Separate from "
                f"{lane.logical_id('FileProcessorPolicy')}, which waits for the ledger's update: "
                "this policy is created right after the key and is deleted last.",
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
    return allow(
        "AdministerKey",
        [
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
        ANY,
        principal=account(),
    )


def use_through_services() -> Statement:
    """Let people who may use bucket, secret and table use them although they are encrypted.

    The longest list is that of who creates the table or gives it the key. ``kms:DescribeKey``
    belongs to it, too; ``administer_key`` has it.

    Source: Amazon DynamoDB Developer Guide, "DynamoDB encryption at rest: usage notes"; AWS Secrets
    Manager API Reference, "UpdateSecret"; Amazon S3 User Guide, "Using server-side encryption with
    AWS KMS keys".
    """
    return allow(
        "UseThroughServices",
        USE,
        ANY,
        StringEquals(through("s3", "secretsmanager", "dynamodb")),
        principal=account(),
    )


def let_services_keep_using_key() -> Statement:
    """Let DynamoDB hold a grant, made when the table is created or gets the key.

    Only DynamoDB can come through DynamoDB, and it makes grants for itself alone. That grants are
    for AWS services only is said once more for who has to show it (AWS Control Tower, control
    CT.KMS.PV.1).

    Source: Amazon DynamoDB Developer Guide, "DynamoDB encryption at rest: usage notes".
    """
    return allow(
        "LetTableKeepUsingKey",
        [kms_actions.CreateGrant],
        ANY,
        StringEquals(through("dynamodb")),
        Bool({"kms:GrantIsForAWSResource": "true"}),
        principal=account(),
    )


def encrypt_log() -> Statement:
    """Let CloudWatch Logs encrypt the log groups of this stack.

    Source: Amazon CloudWatch Logs User Guide, "Encrypt log data using AWS KMS"; without
    ``kms:DescribeKey``, which has no encryption context and so never met the condition.
    """
    log_groups = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
    return allow(
        "EncryptLog",
        USE,
        ANY,
        ArnLike({"kms:EncryptionContext:aws:logs:arn": Sub(log_groups + "${AWS::StackName}-*")}),
        principal=Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
    )


def publish_alarms() -> Statement:
    """Let CloudWatch alarms publish to the encrypted topics of this stack, and to no other.

    AWS documents no source that CloudWatch names to KMS (re:Post knowledge center,
    "cloudwatch-configure-alarm-sns"), but SNS names the topic in the encryption context (Amazon
    SNS Developer Guide, "Key management"). Which alarms may publish says the topic's policy.
    """
    topics = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-*"
    return allow(
        "PublishAlarms",
        [kms_actions.Decrypt, kms_actions.GenerateDataKey],
        ANY,
        ArnLike({"kms:EncryptionContext:aws:sns:topicArn": Sub(topics)}),
        principal=Principal("Service", "cloudwatch.amazonaws.com"),
    )


def decrypt_through_services(key: kms.Key, *services: str) -> Statement:
    """Let a role decrypt what it reads through services: of files, secret and table, all or some.

    The key's policy lets who may in his own policy (``use_through_services``).
    """
    return allow(
        "DecryptThroughServices",
        [kms_actions.Decrypt],
        [key.get_att("Arn")],
        StringEquals(through(*(services or ("s3", "secretsmanager", "dynamodb")))),
    )
