"""Which published permissions belong to a feature that a template may not use.

A type's published handlers list everything that any template could make them call. The name of a
property stands here for the actions called only if it is set; nobody publishes that, so it is our
reading of the names and of each service's guide. A mistake is seen at once and is harmless: the
handler is refused, CloudFormation says which action it was, and rolls back.
"""

from collections.abc import Mapping

# For actions that no property asks for.
NOTHING = "(nothing)"

# Type -> property, with dots for inner ones -> actions, with wildcards.
FEATURES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
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
    "AWS::IAM::Policy": {
        "Groups": ("iam:*GroupPolicy",),
        "Users": ("iam:*UserPolicy",),
    },
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
        "Code.S3Bucket": ("s3:GetObject",),
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
    "AWS::S3::Bucket": {
        "AbacStatus": ("s3:PutBucketAbac",),
        "AccelerateConfiguration": ("s3:PutAccelerateConfiguration",),
        "AccessControl": ("s3:GetBucketAcl", "s3:PutBucketAcl"),
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

# What the handlers call as well, but do not publish: type -> property -> actions.
UNPUBLISHED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    # AWS Secrets Manager User Guide, "Secret encryption and decryption in AWS Secrets Manager".
    "AWS::SecretsManager::Secret": {"KmsKeyId": ("kms:Decrypt", "kms:GenerateDataKey")},
}
