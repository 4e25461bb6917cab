"""What CloudFormation may do while it updates or deletes the pipeline's stack, besides roles.

The actions are those that AWS publishes for the handlers of the template's resource types, without
those of properties it does not use. Physical names begin with the stack's name.
"""

from awacs import (
    codebuild,
    codeconnections,
    codepipeline,
    codestar_connections,
    codestar_notifications,
    logs,
    s3,
    sns,
)
from awacs.aws import Allow, ArnLike, Condition, Statement, StringEqualsIfExists
from troposphere import Sub

from pipeline.grants.own_roles import NAME, arn


def manage_pipeline() -> Statement:
    """Change the pipeline, and start it again after that (``RestartExecutionOnUpdate``)."""
    return Statement(
        Sid="ManagePipeline",
        Effect=Allow,
        Action=[
            codepipeline.CreatePipeline,
            codepipeline.DeletePipeline,
            codepipeline.GetPipeline,
            codepipeline.GetPipelineState,
            codepipeline.ListTagsForResource,
            codepipeline.StartPipelineExecution,
            codepipeline.TagResource,
            codepipeline.UntagResource,
            codepipeline.UpdatePipeline,
        ],
        Resource=[arn("codepipeline", f"{NAME}-*")],
    )


def pass_connection() -> Statement:
    """Hand CodePipeline a connection of this account; which one is the pipeline's parameter."""
    return Statement(
        Sid="PassConnection",
        Effect=Allow,
        Action=[codeconnections.PassConnection, codestar_connections.PassConnection],
        Resource=[
            arn("codeconnections", "connection/*"),
            arn("codestar-connections", "connection/*"),
        ],
        Condition=Condition(
            [
                StringEqualsIfExists(
                    {
                        "codeconnections:PassedToService": "codepipeline.amazonaws.com",
                        "codestar-connections:PassedToService": "codepipeline.amazonaws.com",
                    }
                )
            ]
        ),
    )


def manage_builds() -> Statement:
    """Change what builds run and where their reports go."""
    return Statement(
        Sid="ManageBuilds",
        Effect=Allow,
        Action=[
            codebuild.BatchGetProjects,
            codebuild.BatchGetReportGroups,
            codebuild.CreateProject,
            codebuild.CreateReportGroup,
            codebuild.DeleteProject,
            codebuild.DeleteReportGroup,
            codebuild.UpdateProject,
            codebuild.UpdateReportGroup,
        ],
        Resource=[
            arn("codebuild", f"project/{NAME}-*"),
            arn("codebuild", f"report-group/{NAME}-*"),
        ],
    )


def manage_log() -> Statement:
    """Change how long the log is kept."""
    return Statement(
        Sid="ManageLog",
        Effect=Allow,
        Action=[
            logs.CreateLogGroup,
            logs.DeleteLogGroup,
            logs.DeleteRetentionPolicy,
            logs.GetDataProtectionPolicy,
            logs.ListTagsForResource,
            logs.PutRetentionPolicy,
            logs.TagResource,
            logs.UntagResource,
        ],
        Resource=[
            # CloudWatch Logs writes the same group with and without the suffix.
            arn("logs", f"log-group:{NAME}-BuildLogs-*"),
            arn("logs", f"log-group:{NAME}-BuildLogs-*:*"),
        ],
    )


def find_logs() -> Statement:
    """Find the log: these two actions know no single group."""
    return Statement(
        Sid="FindLogs",
        Effect=Allow,
        Action=[logs.DescribeIndexPolicies, logs.DescribeLogGroups],
        Resource=["*"],
    )


def manage_buckets() -> Statement:
    """Change the buckets, but nothing that is in them."""
    return Statement(
        Sid="ManageBuckets",
        Effect=Allow,
        Action=[
            s3.CreateBucket,
            s3.DeleteBucket,
            s3.DeleteBucketPolicy,
            s3.GetAccelerateConfiguration,
            s3.GetAnalyticsConfiguration,
            s3.GetBucketCORS,
            s3.GetBucketLogging,
            s3.GetBucketNotification,
            s3.GetBucketObjectLockConfiguration,
            s3.GetBucketOwnershipControls,
            s3.GetBucketPolicy,
            s3.GetBucketPublicAccessBlock,
            s3.GetBucketTagging,
            s3.GetBucketVersioning,
            s3.GetBucketWebsite,
            s3.GetEncryptionConfiguration,
            s3.GetIntelligentTieringConfiguration,
            s3.GetInventoryConfiguration,
            s3.GetLifecycleConfiguration,
            s3.GetMetricsConfiguration,
            s3.GetReplicationConfiguration,
            s3.ListBucket,
            s3.ListTagsForResource,
            s3.PutBucketOwnershipControls,
            s3.PutBucketPolicy,
            s3.PutBucketPublicAccessBlock,
            s3.PutBucketTagging,
            s3.PutBucketVersioning,
            s3.PutEncryptionConfiguration,
            s3.PutLifecycleConfiguration,
            s3.TagResource,
            s3.UntagResource,
        ],
        Resource=[
            Sub(f"arn:${{AWS::Partition}}:s3:::{NAME}-{bucket}-*")
            for bucket in ("artifactbucket", "releasebucket")
        ],
    )


def manage_topic() -> Statement:
    """Change who is told."""
    return Statement(
        Sid="ManageTopic",
        Effect=Allow,
        Action=[
            sns.CreateTopic,
            sns.DeleteTopic,
            sns.GetDataProtectionPolicy,
            sns.GetSubscriptionAttributes,
            sns.GetTopicAttributes,
            sns.ListSubscriptionsByTopic,
            sns.ListTagsForResource,
            sns.SetTopicAttributes,
            sns.Subscribe,
            sns.TagResource,
            sns.Unsubscribe,
            sns.UntagResource,
        ],
        Resource=[arn("sns", f"{NAME}-NotificationTopic-*")],
    )


def manage_notifications() -> Statement:
    """Change what is told, about this pipeline only."""
    return Statement(
        Sid="ManageNotifications",
        Effect=Allow,
        Action=[
            codestar_notifications.CreateNotificationRule,
            codestar_notifications.DeleteNotificationRule,
            codestar_notifications.DescribeNotificationRule,
            codestar_notifications.UpdateNotificationRule,
        ],
        Resource=[arn("codestar-notifications", "notificationrule/*")],
        Condition=Condition(
            [
                ArnLike(
                    {
                        "codestar-notifications:NotificationsForResource": arn(
                            "codepipeline", f"{NAME}-*"
                        )
                    }
                )
            ]
        ),
    )


def tag_notifications() -> Statement:
    """Tag the rule; these actions do not say what it is about."""
    return Statement(
        Sid="TagNotifications",
        Effect=Allow,
        Action=[codestar_notifications.TagResource, codestar_notifications.UntagResource],
        Resource=[arn("codestar-notifications", "notificationrule/*")],
    )
