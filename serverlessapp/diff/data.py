"""Which resources hold data, and what a template says about keeping it."""

from serverlessapp.template.evaluation import Resource
from serverlessapp.template.values import alternatives

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


def policy(resource: Resource, attribute: str) -> str:
    """Return ``DeletionPolicy`` or ``UpdateReplacePolicy``, with CloudFormation's default.

    Of several that it may be, the weakest: a function can give it (CloudFormation User Guide,
    "Intrinsic function references in DeletionPolicy and UpdateReplacePolicy attributes").
    """
    written = alternatives(resource.attributes.get(attribute, "Delete"))
    return min((str(value) for value, _ in written), key=strength, default="Delete")


def strength(policy: str) -> int:
    """Return how well a policy keeps data; one that is not known, not at all."""
    return STRENGTH.get(policy, -1)


def is_weaker(old: str, new: str) -> bool:
    """Tell whether a policy may keep data less well than another."""
    return old != new and (strength(new) < strength(old) or strength(new) < 0)


def fate(resource: Resource, attribute: str) -> str:
    """Return what becomes of the data when the resource goes, in words."""
    return {
        0: "is deleted",
        1: "is left as a snapshot only",
        2: "is left behind, outside of the stack",
    }[max(strength(policy(resource, attribute)), 0)]
