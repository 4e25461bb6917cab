"""Which resources hold data, and what a template says about keeping it."""

from collections.abc import Mapping
from typing import Any

# What would be missing if the resource were made anew. cfn-lint's rule I3011 knows most of
# them; here are those whose loss has no other remedy than a backup.
STATEFUL = {
    "AWS::Backup::BackupVault": "its recovery points",
    "AWS::CloudFormation::Stack": "whatever its own resources hold",
    "AWS::Cognito::UserPool": "its users",
    "AWS::DynamoDB::GlobalTable": "its items",
    "AWS::DynamoDB::Table": "its items",
    "AWS::EC2::Volume": "its blocks",
    "AWS::ECR::Repository": "its images",
    "AWS::EFS::FileSystem": "its files",
    "AWS::KMS::Key": "everything that is encrypted with it",
    "AWS::Kinesis::Stream": "its records",
    "AWS::Logs::LogGroup": "its log",
    "AWS::OpenSearchService::Domain": "its indexes",
    "AWS::RDS::DBCluster": "its tables",
    "AWS::RDS::DBInstance": "its tables",
    "AWS::S3::Bucket": "its objects",
    "AWS::SQS::Queue": "the messages that wait in it",
    "AWS::SSM::Parameter": "its value",
    "AWS::SecretsManager::Secret": "its value",
}

# Properties that make a new value: AWS::SecretsManager::Secret, "When you make a change to this
# property, a new secret version is created".
NEW_VALUE = {"AWS::SecretsManager::Secret": {"GenerateSecretString", "SecretString"}}

# Properties that decide how long data is kept, or that protect it.
KEEPING = {
    "AWS::DynamoDB::Table": {
        "DeletionProtectionEnabled",
        "PointInTimeRecoverySpecification",
        "TimeToLiveSpecification",
    },
    "AWS::KMS::Key": {"Enabled", "PendingWindowInDays"},
    "AWS::Logs::LogGroup": {"RetentionInDays"},
    "AWS::S3::Bucket": {
        "LifecycleConfiguration",
        "ObjectLockConfiguration",
        "VersioningConfiguration",
    },
    "AWS::SQS::Queue": {"MessageRetentionPeriod", "RedrivePolicy"},
}

# How well data is kept. CloudFormation User Guide, "DeletionPolicy attribute".
STRENGTH = {"Delete": 0, "Snapshot": 1, "RetainExceptOnCreate": 2, "Retain": 2}
POLICIES = {"DeletionPolicy": "removed", "UpdateReplacePolicy": "replaced"}


def policy(resource: Mapping[str, Any], attribute: str) -> str:
    """Return ``DeletionPolicy`` or ``UpdateReplacePolicy``, with CloudFormation's default."""
    return str(resource.get(attribute, "Delete"))


def is_weaker(old: str, new: str) -> bool:
    """Tell whether a policy keeps data less well than another; an unknown one does."""
    return STRENGTH.get(new, -1) < STRENGTH.get(old, 0)


def fate(resource: Mapping[str, Any], attribute: str) -> str:
    """Return what becomes of the data when the resource goes, in words."""
    return {
        0: "is deleted",
        1: "is left as a snapshot only",
        2: "is left behind, outside of the stack",
    }[STRENGTH.get(policy(resource, attribute), 0)]
