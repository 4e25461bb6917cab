"""What AWS does otherwise than the schemas of the types say: the one list of corrections.

A type's published handlers list everything that any template could make them call. ``FEATURES``
says which of it belongs to a property: nobody publishes that, so it is our reading of the names and
of each service's guide. A mistake is seen at once and is harmless: the handler is refused,
CloudFormation says which action it was, and rolls back. ``UNPUBLISHED`` has what they call, too.
"""

from collections.abc import Mapping
from typing import NamedTuple

# For actions that no property asks for.
NOTHING = "(nothing)"

# Type -> property, with dots for inner ones -> actions, with wildcards.
FEATURES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "AWS::CodePipeline::Pipeline": {
        "DisableInboundStageTransitions": ("codepipeline:*StageTransition",),
        "RestartExecutionOnUpdate": ("codepipeline:StartPipelineExecution",),
    },
    "AWS::DynamoDB::Table": {
        "ContributorInsightsSpecification": ("dynamodb:UpdateContributorInsights",),
        "ImportSourceSpecification": (
            *("dynamodb:DescribeImport", "dynamodb:ImportTable"),
            *("logs:*", "s3:*"),
        ),
        "KinesisStreamSpecification": ("dynamodb:*KinesisStreamingDestination", "kinesis:*"),
        "SSESpecification.KMSMasterKeyId": ("kms:*",),
        # Copies in other Regions, which only AWS::DynamoDB::GlobalTable has. They are also the
        # only reason to read and write items, which is not for who deploys.
        NOTHING: (
            *("dynamodb:AssociateTableReplica", "dynamodb:CreateTableReplica"),
            *("dynamodb:BatchWriteItem", "dynamodb:*Item", "dynamodb:Query", "dynamodb:Scan"),
            "iam:CreateServiceLinkedRole",
        ),
    },
    # A queue lets the rule in by its own policy (Amazon EventBridge User Guide, "Using
    # resource-based policies for Amazon EventBridge").
    "AWS::Events::Rule": {"RoleArn": ("iam:PassRole",), "Targets.RoleArn": ("iam:PassRole",)},
    "AWS::IAM::ManagedPolicy": {
        "Groups": ("iam:*GroupPolicy",),
        "Roles": ("iam:*RolePolicy",),
        "Users": ("iam:*UserPolicy",),
    },
    "AWS::IAM::Policy": {"Groups": ("iam:*GroupPolicy",), "Users": ("iam:*UserPolicy",)},
    "AWS::IAM::Role": {
        "Description": ("iam:UpdateRoleDescription",),
        "ManagedPolicyArns": ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
        "PermissionsBoundary": ("iam:PutRolePermissionsBoundary",),
        "Policies": ("iam:DeleteRolePolicy", "iam:PutRolePolicy"),
        # A role must not be freed from its limit, whatever the template says.
        NOTHING: ("iam:DeleteRolePermissionsBoundary",),
    },
    "AWS::KMS::Key": {
        "Enabled": ("kms:DisableKey", "kms:EnableKey"),
        "EnableKeyRotation": ("kms:DisableKeyRotation", "kms:EnableKeyRotation"),
    },
    "AWS::Lambda::EventSourceMapping": {"KmsKeyArn": ("kms:*",)},
    "AWS::Lambda::Function": {
        "CapacityProviderConfig": ("lambda:PassCapacityProvider",),
        # The package may be encrypted: Lambda reads it in the name of who deploys (Amazon S3 User
        # Guide, "Using server-side encryption with AWS KMS keys").
        "Code.S3Bucket": ("kms:Decrypt", "s3:GetObject"),
        "Code.S3ObjectVersion": ("s3:GetObjectVersion",),
        "CodeSigningConfigArn": ("lambda:*CodeSigningConfig",),
        "FileSystemConfigs": ("elasticfilesystem:*", "s3files:*"),
        "FunctionScalingConfig": ("lambda:*FunctionScalingConfig",),
        "KmsKeyArn": ("kms:*",),
        "Layers": ("lambda:GetLayerVersion",),
        "PublishToLatestPublished": ("lambda:PublishVersion",),
        "RecursiveLoop": ("lambda:*FunctionRecursionConfig",),
        "ReservedConcurrentExecutions": ("lambda:*FunctionConcurrency",),
        "RuntimeManagementConfig": ("lambda:*RuntimeManagementConfig",),
        "VpcConfig": ("ec2:*",),
    },
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": ("logs:PutBearerTokenAuthentication",),
        "DataProtectionPolicy": (
            *("logs:*DataProtectionPolicy", "logs:CreateLogDelivery"),
            "firehose:*",
        ),
        "DeletionProtectionEnabled": ("logs:PutLogGroupDeletionProtection",),
        "FieldIndexPolicies": ("logs:*IndexPolicy",),
        "KmsKeyId": ("logs:*KmsKey",),
        "ResourcePolicyDocument": ("logs:*ResourcePolicy",),
        "RetentionInDays": ("logs:*RetentionPolicy",),
    },
    "AWS::Pipes::Pipe": {
        "KmsKeyIdentifier": ("kms:*",),
        "LogConfiguration": ("logs:*", "s3:*", "firehose:*", "iam:CreateServiceLinkedRole"),
    },
    "AWS::S3::Bucket": {
        "AbacStatus": ("s3:PutBucketAbac",),
        "AccelerateConfiguration": ("s3:PutAccelerateConfiguration",),
        "AccessControl": ("s3:PutBucketAcl",),
        "AnalyticsConfigurations": ("s3:PutAnalyticsConfiguration",),
        "BucketEncryption": ("s3:PutEncryptionConfiguration",),
        "CorsConfiguration": ("s3:PutBucketCORS",),
        "IntelligentTieringConfigurations": ("s3:PutIntelligentTieringConfiguration",),
        "InventoryConfigurations": ("s3:PutInventoryConfiguration",),
        "LifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
        "LoggingConfiguration": ("s3:PutBucketLogging",),
        "MetadataTableConfiguration": ("s3:*BucketMetadata*", "s3tables:*"),
        "MetricsConfigurations": ("s3:PutMetricsConfiguration",),
        "NotificationConfiguration": ("s3:PutBucketNotification",),
        "ObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
        "OwnershipControls": ("s3:PutBucketOwnershipControls",),
        "PublicAccessBlockConfiguration": ("s3:PutBucketPublicAccessBlock",),
        "ReplicationConfiguration": ("iam:PassRole", "s3:PutReplicationConfiguration"),
        "VersioningConfiguration": ("s3:PutBucketVersioning",),
        "WebsiteConfiguration": ("s3:*BucketWebsite",),
        # Files are not for who deploys.
        NOTHING: ("s3:DeleteObject", "s3:PutObjectAcl"),
    },
    "AWS::SNS::Subscription": {"SubscriptionRoleArn": ("iam:GetRole", "iam:PassRole")},
    "AWS::SNS::Topic": {
        "DataProtectionPolicy": ("sns:PutDataProtectionPolicy",),
        "DeliveryStatusLogging": ("iam:GetRole", "iam:PassRole"),
        "Subscription": ("sns:Subscribe", "sns:Unsubscribe"),
    },
    "AWS::SecretsManager::Secret": {
        "GenerateSecretString": ("secretsmanager:GetRandomPassword",),
        "ReplicaRegions": (
            "secretsmanager:RemoveRegionsFromReplication",
            "secretsmanager:ReplicateSecretToRegions",
        ),
    },
}


# What CloudFormation calls in the minutes after it made a key, when the key's tags need not count
# yet (AWS KMS Developer Guide, "ABAC for AWS KMS"): its public handler enables rotation a minute
# later, and then reads the key. None of it lets anybody use a key, or keeps somebody from it.
BEFORE_TAGS = (
    "kms:DescribeKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListResourceTags",
)


class Unpublished(NamedTuple):
    """Actions that an operation takes and no schema lists."""

    resource_type: str
    operations: tuple[str, ...]
    actions: tuple[str, ...]
    when: str  # the property for which it does; empty: always
    source: str  # title of the page that says so


CHANGES = ("create", "update")
UNPUBLISHED = (
    # Not in the open part of the registry, so it publishes no handlers at all.
    *(
        Unpublished(
            "AWS::CodeBuild::Project",
            operations,
            actions,
            "",
            "AWS CodeBuild User Guide, AWS CodeBuild permissions reference",
        )
        for operations, actions in (
            (("create",), ("codebuild:CreateProject", "iam:PassRole")),
            (("read",), ("codebuild:BatchGetProjects",)),
            (("update",), ("codebuild:UpdateProject", "iam:PassRole")),
            (("delete",), ("codebuild:DeleteProject",)),
        )
    ),
    # The service has a second name; an action is for connections whose ARN has the same.
    Unpublished(
        "AWS::CodePipeline::Pipeline",
        CHANGES,
        ("codeconnections:PassConnection",),
        "",
        "Developer Tools console User Guide, AWS CodeConnections rename",
    ),
    Unpublished(
        "AWS::DynamoDB::Table",
        CHANGES,
        (
            *("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"),
            *("kms:ReEncryptFrom", "kms:ReEncryptTo"),
        ),
        "SSESpecification.KMSMasterKeyId",
        "Amazon DynamoDB Developer Guide, DynamoDB encryption at rest: usage notes",
    ),
    Unpublished(
        "AWS::DynamoDB::Table",
        ("update",),
        ("kms:Decrypt", "kms:Encrypt"),
        "SSESpecification.KMSMasterKeyId",
        "Amazon DynamoDB Developer Guide, DynamoDB encryption at rest: usage notes",
    ),
    Unpublished(
        "AWS::SecretsManager::Secret",
        CHANGES,
        ("kms:Decrypt", "kms:GenerateDataKey"),
        "KmsKeyId",
        "AWS Secrets Manager User Guide, Secret encryption and decryption",
    ),
    Unpublished(
        "AWS::SecretsManager::Secret",
        ("update",),
        ("kms:Encrypt",),  # or what is there keeps its key
        "KmsKeyId",
        "AWS Secrets Manager API Reference, UpdateSecret",
    ),
)
