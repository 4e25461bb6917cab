"""What CloudFormation does in the name of whoever makes a stack under test. Only AWS needs it.

The emulator's CloudFormation asks for nothing, so these are read, not seen. Source, unless a
function names another: the permissions that AWS publishes for the ``create``, ``read`` and
``delete`` handlers of the templates' resource types, without those that only other properties need.
"""

from awacs import (
    awslambda,
    cloudwatch,
    dynamodb,
    iam,
    kms,
    logs,
    s3,
    secretsmanager,
    sns,
    sqs,
)
from awacs.aws import Allow, ArnLike, Condition, Statement, StringEquals
from troposphere import Sub

from pipeline.grants.testing import (
    BUCKETS,
    FOR_TESTS,
    OF_TESTS,
    QUEUES,
    SECRETS,
    STACK,
    arn,
    bucket,
)


def roles() -> Sub:
    """Return the ARN pattern of the stacks' roles."""
    return arn("iam", f"role/{STACK}", region="")


def functions() -> Sub:
    """Return the ARN pattern of the stacks' functions."""
    return arn("lambda", f"function:{STACK}")


def make_buckets() -> Statement:
    """Make and delete the stacks' buckets, and read all about them, as the handler does."""
    return Statement(
        Sid="MakeBuckets",
        Effect=Allow,
        Action=[
            s3.CreateBucket,
            s3.DeleteBucketPolicy,
            s3.GetAccelerateConfiguration,
            s3.GetAnalyticsConfiguration,
            s3.GetBucketAbac,
            s3.GetBucketAcl,
            s3.GetBucketCORS,
            s3.GetBucketLogging,
            s3.GetBucketMetadataTableConfiguration,
            s3.GetBucketNotification,
            s3.GetBucketObjectLockConfiguration,
            s3.GetBucketOwnershipControls,
            s3.GetBucketTagging,
            s3.GetBucketWebsite,
            s3.GetIntelligentTieringConfiguration,
            s3.GetInventoryConfiguration,
            s3.GetLifecycleConfiguration,
            s3.GetMetricsConfiguration,
            s3.GetReplicationConfiguration,
            s3.ListTagsForResource,
            s3.PutBucketLogging,
            s3.PutBucketNotification,
            s3.PutBucketOwnershipControls,
            s3.PutBucketPolicy,
            s3.PutBucketPublicAccessBlock,
            s3.PutBucketTagging,
            s3.PutBucketVersioning,
            s3.PutEncryptionConfiguration,
            s3.PutLifecycleConfiguration,
            s3.TagResource,
        ],
        Resource=[bucket(name) for name in BUCKETS],
    )


def make_queues() -> Statement:
    """Make the stacks' queues; ``ReadQueues`` deletes them and sets their policies."""
    return Statement(
        Sid="MakeQueues",
        Effect=Allow,
        Action=[sqs.GetQueueUrl, sqs.ListQueueTags, sqs.TagQueue],
        Resource=[arn("sqs", name) for name in QUEUES],
    )


def make_topics() -> Statement:
    """Make and delete the stacks' topics and subscriptions."""
    return Statement(
        Sid="MakeTopics",
        Effect=Allow,
        Action=[
            sns.CreateTopic,
            sns.DeleteTopic,
            sns.GetDataProtectionPolicy,
            sns.GetSubscriptionAttributes,
            sns.ListTagsForResource,
            sns.SetTopicAttributes,
            sns.TagResource,
            sns.Unsubscribe,
        ],
        Resource=[arn("sns", STACK)],
    )


def make_alarms() -> Statement:
    """Make and delete the stacks' alarms."""
    return Statement(
        Sid="MakeAlarms",
        Effect=Allow,
        Action=[
            cloudwatch.DeleteAlarms,
            cloudwatch.ListTagsForResource,
            cloudwatch.PutMetricAlarm,
            cloudwatch.TagResource,
        ],
        Resource=[arn("cloudwatch", f"alarm:{STACK}")],
    )


def make_dashboards() -> Statement:
    """Make and delete the stacks' dashboards, whose generated names begin with the logical ID."""
    return Statement(
        Sid="MakeDashboards",
        Effect=Allow,
        Action=[cloudwatch.DeleteDashboards, cloudwatch.GetDashboard, cloudwatch.PutDashboard],
        Resource=[arn("cloudwatch", f"dashboard/{n}", region="") for n in (STACK, "Dashboard-*")],
    )


def make_logs() -> Statement:
    """Make the stacks' log groups; ``ReadLogs`` deletes them."""
    return Statement(
        Sid="MakeLogs",
        Effect=Allow,
        Action=[
            logs.CreateLogGroup,
            logs.GetDataProtectionPolicy,
            logs.ListTagsForResource,
            logs.PutRetentionPolicy,
            logs.TagResource,
        ],
        Resource=[arn("logs", f"log-group:{STACK}")],
    )


def save_queries() -> Statement:
    """Save and delete log queries, and read what CloudWatch Logs has no resource for."""
    return Statement(
        Sid="SaveQueries",
        Effect=Allow,
        Action=[
            logs.DeleteQueryDefinition,
            logs.DescribeIndexPolicies,
            logs.DescribeQueryDefinitions,
            logs.DescribeResourcePolicies,
            logs.PutQueryDefinition,
        ],
        Resource=["*"],
    )


def make_ledgers() -> Statement:
    """Make the stacks' tables; ``ReadLedger`` deletes them."""
    return Statement(
        Sid="MakeLedgers",
        Effect=Allow,
        Action=[
            dynamodb.CreateTable,
            dynamodb.DescribeContinuousBackups,
            dynamodb.DescribeContributorInsights,
            dynamodb.DescribeKinesisStreamingDestination,
            dynamodb.DescribeTimeToLive,
            dynamodb.GetResourcePolicy,
            dynamodb.ListTagsOfResource,
            dynamodb.PutResourcePolicy,
            dynamodb.TagResource,
            dynamodb.UpdateContinuousBackups,
            dynamodb.UpdateTimeToLive,
        ],
        Resource=[arn("dynamodb", f"table/{STACK}")],
    )


def make_secrets() -> Statement:
    """Make the stacks' secrets; ``ReadSecrets`` deletes them."""
    return Statement(
        Sid="MakeSecrets",
        Effect=Allow,
        Action=[secretsmanager.CreateSecret, secretsmanager.TagResource],
        Resource=[arn("secretsmanager", f"secret:{name}") for name in SECRETS],
        Condition=FOR_TESTS,
    )


def make_passwords() -> Statement:
    """Let Secrets Manager invent a password (``GenerateSecretString``)."""
    return Statement(
        Sid="MakePasswords",
        Effect=Allow,
        Action=[secretsmanager.GetRandomPassword],
        Resource=["*"],
    )


def make_keys() -> Statement:
    """Make keys, with the stack's tags from the beginning."""
    return Statement(
        Sid="MakeKeys",
        Effect=Allow,
        Action=[kms.CreateKey],
        Resource=["*"],
        Condition=FOR_TESTS,
    )


def tag_keys() -> Statement:
    """Give keys the tags they are made with."""
    return Statement(
        Sid="TagKeys",
        Effect=Allow,
        Action=[kms.TagResource],
        Resource=[arn("kms", "key/*")],
        Condition=FOR_TESTS,
    )


def manage_keys() -> Statement:
    """Rotate and delete the stacks' keys, and let DynamoDB use them.

    Source for the grant: Amazon DynamoDB Developer Guide, "DynamoDB encryption usage notes".
    """
    return Statement(
        Sid="ManageKeys",
        Effect=Allow,
        Action=[
            kms.CreateGrant,
            kms.EnableKeyRotation,
            kms.GetKeyPolicy,
            kms.GetKeyRotationStatus,
            kms.ListResourceTags,
            kms.PutKeyPolicy,
            kms.ScheduleKeyDeletion,
        ],
        Resource=[arn("kms", "key/*")],
        Condition=OF_TESTS,
    )


def make_roles() -> Statement:
    """Make the stacks' roles and give them permissions."""
    return Statement(
        Sid="MakeRoles",
        Effect=Allow,
        Action=[
            iam.CreateRole,
            iam.DeleteRole,
            iam.DeleteRolePolicy,
            iam.GetRolePolicy,
            iam.ListAttachedRolePolicies,
            iam.ListRolePolicies,
            iam.PutRolePolicy,
            iam.TagRole,
        ],
        Resource=[roles()],
    )


def pass_roles() -> Statement:
    """Hand the stacks' roles to Lambda."""
    return Statement(
        Sid="PassRoles",
        Effect=Allow,
        Action=[iam.PassRole],
        Resource=[roles()],
        Condition=Condition([StringEquals({"iam:PassedToService": "lambda.amazonaws.com"})]),
    )


def make_functions() -> Statement:
    """Make and delete the stacks' functions, and let custom resources call theirs.

    Source for the call: AWS CloudFormation User Guide, "AWS Lambda-backed custom resources".
    """
    return Statement(
        Sid="MakeFunctions",
        Effect=Allow,
        Action=[
            awslambda.CreateFunction,
            awslambda.DeleteFunction,
            awslambda.GetFunction,
            awslambda.GetFunctionCodeSigningConfig,
            awslambda.GetFunctionRecursionConfig,
            awslambda.GetFunctionScalingConfig,
            awslambda.GetRuntimeManagementConfig,
            awslambda.InvokeFunction,
            awslambda.TagResource,
        ],
        Resource=[functions()],
    )


def make_mappings() -> Statement:
    """Connect the stacks' functions with their queues; a mapping has no name to go by."""
    return Statement(
        Sid="MakeMappings",
        Effect=Allow,
        Action=[awslambda.CreateEventSourceMapping],
        Resource=["*"],
        Condition=Condition([ArnLike({"lambda:FunctionArn": functions()})]),
    )


def manage_mappings() -> Statement:
    """Look at these connections, and undo them."""
    return Statement(
        Sid="ManageMappings",
        Effect=Allow,
        Action=[awslambda.DeleteEventSourceMapping, awslambda.GetEventSourceMapping],
        Resource=[arn("lambda", "event-source-mapping:*")],
        Condition=Condition([ArnLike({"lambda:FunctionArn": functions()})]),
    )


def tag_mappings() -> Statement:
    """Give these connections the stack's tags, and read them."""
    return Statement(
        Sid="TagMappings",
        Effect=Allow,
        Action=[awslambda.ListTags, awslambda.TagResource],
        Resource=[arn("lambda", "event-source-mapping:*")],
        Condition=OF_TESTS,
    )
