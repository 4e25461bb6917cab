"""By which calls of its service each resource type is made.

Most properties have the name of a member of the call, but for the case of letters; written down is
what differs. Source: the type's page in the CloudFormation Template Reference, and the service's
API Reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_CALL = ""  # CloudFormation keeps it to itself


@dataclass(frozen=True)
class Api:
    """How a resource is made.

    Attributes:
        service: As botocore calls it.
        main: Operation, and in it the member, that take every property not in ``targets``.
        names: Members that get the resource's name, or its ARN, where nothing else gives them.
        targets: Where another property goes: to ``Operation.member``, to a call each for its items
            (``Operation.member.*``), to the members of an operation, or to ``NO_CALL``.
        fixed: Other members of the main operation.
    """

    service: str
    main: str
    names: tuple[str, ...] = ()
    targets: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)


APIS = {
    "AWS::CloudWatch::Alarm": Api("cloudwatch", "PutMetricAlarm", ("AlarmName",)),
    "AWS::CloudWatch::Dashboard": Api("cloudwatch", "PutDashboard", ("DashboardName",)),
    "AWS::CodeBuild::Project": Api("codebuild", "CreateProject", ("name",)),
    "AWS::CodeBuild::ReportGroup": Api(
        "codebuild",
        "CreateReportGroup",
        ("name", "arn"),
        {"DeleteReports": "DeleteReportGroup.deleteReports"},
    ),
    "AWS::CodePipeline::Pipeline": Api(
        "codepipeline",
        "CreatePipeline.pipeline",
        ("name",),
        {"Tags": "CreatePipeline.tags", "RestartExecutionOnUpdate": NO_CALL},
    ),
    "AWS::CodeStarNotifications::NotificationRule": Api(
        "codestar-notifications", "CreateNotificationRule", ("Name",)
    ),
    "AWS::DynamoDB::Table": Api(
        "dynamodb",
        "CreateTable",
        ("TableName",),
        {
            "PointInTimeRecoverySpecification": "UpdateContinuousBackups."
            "PointInTimeRecoverySpecification",
            "ResourcePolicy.PolicyDocument": "CreateTable.ResourcePolicy",
            # A call also says StreamEnabled, which follows from it.
            "StreamSpecification": NO_CALL,
            "TimeToLiveSpecification": "UpdateTimeToLive.TimeToLiveSpecification",
        },
    ),
    "AWS::Events::EventBusPolicy": Api(
        "events", "PutPermission", targets={"Statement": "PutPermission.Policy"}
    ),
    "AWS::Events::Rule": Api(
        "events", "PutRule", ("Name", "Rule"), {"Targets": "PutTargets.Targets"}
    ),
    "AWS::IAM::ManagedPolicy": Api(
        "iam", "CreatePolicy", ("PolicyName",), {"ManagedPolicyName": "CreatePolicy.PolicyName"}
    ),
    "AWS::IAM::OIDCProvider": Api("iam", "CreateOpenIDConnectProvider"),
    "AWS::IAM::Policy": Api("iam", "PutRolePolicy", targets={"Roles": "PutRolePolicy.RoleName.*"}),
    "AWS::IAM::Role": Api(
        "iam",
        "CreateRole",
        ("RoleName",),
        {"ManagedPolicyArns": "AttachRolePolicy.PolicyArn.*", "Policies": "PutRolePolicy.*"},
    ),
    "AWS::KMS::Key": Api(
        "kms",
        "CreateKey",
        ("KeyId",),
        {
            "EnableKeyRotation": "EnableKeyRotation",
            "KeyPolicy": "CreateKey.Policy",
            "PendingWindowInDays": "ScheduleKeyDeletion.PendingWindowInDays",
        },
    ),
    "AWS::Lambda::EventSourceMapping": Api("lambda", "CreateEventSourceMapping"),
    "AWS::Lambda::Function": Api("lambda", "CreateFunction", ("FunctionName",)),
    "AWS::Logs::LogGroup": Api(
        "logs",
        "CreateLogGroup",
        ("logGroupName",),
        {"RetentionInDays": "PutRetentionPolicy.retentionInDays"},
    ),
    "AWS::Logs::QueryDefinition": Api("logs", "PutQueryDefinition", ("name",)),
    "AWS::Pipes::Pipe": Api("pipes", "CreatePipe", ("Name",)),
    "AWS::S3::Bucket": Api(
        "s3",
        "CreateBucket",
        ("Bucket",),
        {
            "BucketEncryption": "PutBucketEncryption.ServerSideEncryptionConfiguration",
            "BucketName": "CreateBucket.Bucket",
            "LifecycleConfiguration": "PutBucketLifecycleConfiguration.LifecycleConfiguration",
            "LoggingConfiguration": "PutBucketLogging.BucketLoggingStatus.LoggingEnabled",
            "NotificationConfiguration": "PutBucketNotificationConfiguration."
            "NotificationConfiguration",
            # Of which a call has the empty element, and no member.
            "NotificationConfiguration.EventBridgeConfiguration": NO_CALL,
            "OwnershipControls": "PutBucketOwnershipControls.OwnershipControls",
            "PublicAccessBlockConfiguration": "PutPublicAccessBlock.PublicAccessBlockConfiguration",
            "Tags": "PutBucketTagging.Tagging.TagSet",
            "VersioningConfiguration": "PutBucketVersioning.VersioningConfiguration",
        },
    ),
    "AWS::S3::BucketPolicy": Api(
        "s3", "PutBucketPolicy", targets={"PolicyDocument": "PutBucketPolicy.Policy"}
    ),
    "AWS::SNS::Subscription": Api("sns", "Subscribe"),
    "AWS::SNS::Topic": Api(
        "sns",
        "CreateTopic.Attributes",
        ("Name",),
        {"Tags": "CreateTopic.Tags"},
    ),
    "AWS::SNS::TopicPolicy": Api(
        "sns",
        "SetTopicAttributes",
        targets={
            "PolicyDocument": "SetTopicAttributes.AttributeValue",
            "Topics": "SetTopicAttributes.TopicArn.*",
        },
        fixed={"AttributeName": "Policy"},
    ),
    "AWS::SQS::Queue": Api(
        "sqs",
        "CreateQueue.Attributes",
        ("QueueName",),
        {"QueueName": "CreateQueue.QueueName", "Tags": "CreateQueue.tags"},
    ),
    "AWS::SQS::QueuePolicy": Api(
        "sqs",
        "SetQueueAttributes",
        targets={
            "PolicyDocument": "SetQueueAttributes.Attributes.Policy",
            "Queues": "SetQueueAttributes.QueueUrl.*",
        },
    ),
    "AWS::SecretsManager::Secret": Api(
        "secretsmanager",
        "CreateSecret",
        ("Name",),
        {
            "GenerateSecretString": "GetRandomPassword",
            "GenerateSecretString.GenerateStringKey": NO_CALL,
            "GenerateSecretString.SecretStringTemplate": NO_CALL,
        },
    ),
}

# What has another name than in the template, below a property: service, shape and property.
MEMBERS = {
    "dynamodb.SSESpecification.SSEEnabled": "Enabled",
    "kms.Tag.Key": "TagKey",
    "kms.Tag.Value": "TagValue",
    "s3.LifecycleRule.ExpirationInDays": "Expiration.Days",
    "s3.LifecycleRule.ExpiredObjectDeleteMarker": "Expiration.ExpiredObjectDeleteMarker",
    "s3.LoggingEnabled.DestinationBucketName": "TargetBucket",
    "s3.LoggingEnabled.LogFilePrefix": "TargetPrefix",
    "s3.NotificationConfigurationFilter.S3Key": "Key",
    "s3.QueueConfiguration.Event": "Events",
    "s3.QueueConfiguration.Queue": "QueueArn",
    "s3.S3KeyFilter.Rules": "FilterRules",
    "s3.ServerSideEncryptionConfiguration.ServerSideEncryptionConfiguration": "Rules",
    "s3.ServerSideEncryptionRule.ServerSideEncryptionByDefault": (
        "ApplyServerSideEncryptionByDefault"
    ),
    "s3.Transition.TransitionInDays": "Days",
}
# Lists in templates that are maps in calls: key and value of an entry.
ENTRIES = {"Key": "Value", "Region": "ArtifactStore"}
LISTS = ("Events",)  # members that take what is no list in templates
