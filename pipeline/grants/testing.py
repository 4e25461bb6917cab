"""What taskcat, its post-hook and its launcher do themselves. All of it is seen on the emulator.

On which resources is derived from the templates under test, as for what CloudFormation does
(``derivation``). The actions are not: code calls them, taskcat's and ours, and no schema lists what
code calls. ``tests/acceptance/test_role.py`` shows that each is used and that none is missing.

Stacks under test are named by taskcat, ``tCaT-<test>-<6 digits>``, and their environment by
``.taskcat.yml``, ``tcat-<test>``; CloudFormation begins physical names with the stack's.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from awacs import cloudformation, cloudwatch, dynamodb, iam, kms, logs, s3, secretsmanager, sns, sqs
from awacs.aws import Action, Condition, Deny, Null, Statement, StringLike
from troposphere import Sub

from generators.policies import allow
from pipeline.derivation import names
from pipeline.derivation.names import PlannedStack

STACK = "tCaT-*"
ENVIRONMENT = "tcat-*"
ARTIFACTS = "tcat-serverlessapp-*"
EVERYTHING = "*"
VIA = ("dynamodb", "s3", "secretsmanager")
THROUGH = StringLike({"kms:ViaService": [Sub(f"{name}.*.${{AWS::URLSuffix}}") for name in VIA]})


class Use(NamedTuple):
    """Actions, and on what."""

    actions: tuple[Action, ...]
    on: str  # all resources of a type in the stacks, or an ARN after the partition, or everything
    below: str = ""  # what comes after the ARN of each
    condition: StringLike | None = None


USES = {
    # Make stacks of the tests, look at them, delete them.
    "RunStacks": Use(
        (
            cloudformation.CreateStack,
            cloudformation.DeleteStack,
            cloudformation.DescribeStackEvents,
        ),
        f"cloudformation:*:${{AWS::AccountId}}:stack/{STACK}/*",
    ),
    # Look for nested stacks and for stacks that were interrupted, among all (AWS CloudFormation API
    # Reference, "DescribeStacks": without a name it takes ListStacks too, on everything).
    "FindStacks": Use((cloudformation.DescribeStacks, cloudformation.ListStacks), EVERYTHING),
    # Make a bucket in each Region for templates and code, and delete it again.
    "StageArtifacts": Use(
        (
            s3.CreateBucket,
            s3.DeleteBucket,
            s3.GetBucketLocation,
            s3.ListBucket,
            s3.ListBucketVersions,
            s3.PutBucketPolicy,
        ),
        f"s3:::{ARTIFACTS}",
    ),
    # Put templates and code there, let CloudFormation and Lambda fetch them, delete them.
    "WriteArtifacts": Use(
        (s3.DeleteObject, s3.DeleteObjectVersion, s3.GetObject, s3.PutObject, s3.PutObjectAcl),
        f"s3:::{ARTIFACTS}",
        "/*",
    ),
    # See how buckets are protected; delete those that a template keeps.
    "LookAtBuckets": Use(
        (
            s3.DeleteBucket,
            s3.GetBucketPolicy,
            s3.GetBucketPublicAccessBlock,
            s3.GetBucketVersioning,
            s3.GetEncryptionConfiguration,
            s3.ListBucket,
            s3.ListBucketVersions,
        ),
        "AWS::S3::Bucket",
    ),
    # Upload files, compare them with their receipts, delete them.
    "UploadFiles": Use(
        (s3.DeleteObject, s3.DeleteObjectVersion, s3.GetObjectVersion, s3.PutObject),
        "AWS::S3::Bucket",
        "/*",
    ),
    # Send what cannot be read, and find it parked; subscribe a queue to alarms; delete queues that
    # a template keeps.
    "UseQueues": Use(
        (
            sqs.CreateQueue,
            sqs.DeleteMessage,
            sqs.DeleteQueue,
            sqs.GetQueueAttributes,
            sqs.ReceiveMessage,
            sqs.SendMessage,
            sqs.SetQueueAttributes,
        ),
        "AWS::SQS::Queue",
    ),
    # Subscribe to a topic, and see who else does.
    "ListenToAlarms": Use(
        (sns.GetTopicAttributes, sns.ListSubscriptionsByTopic, sns.Subscribe), "AWS::SNS::Topic"
    ),
    # Set off an alarm, to see who hears of it.
    "SetOffAlarms": Use((cloudwatch.SetAlarmState,), "AWS::CloudWatch::Alarm"),
    # Look for alarms and log groups; both are lists of which the request names a part.
    "FindByListing": Use((cloudwatch.DescribeAlarms, logs.DescribeLogGroups), EVERYTHING),
    # Read metrics in the log; delete the log that a template keeps.
    "ReadLogs": Use((logs.DeleteLogGroup, logs.FilterLogEvents), "AWS::Logs::LogGroup"),
    # Read receipts; delete the ledger that a template keeps, and protects from it.
    "ReadLedger": Use(
        (
            dynamodb.BatchGetItem,
            dynamodb.DeleteTable,
            dynamodb.DescribeTable,
            dynamodb.Scan,
            dynamodb.UpdateTable,
        ),
        "AWS::DynamoDB::Table",
    ),
    # Verify signatures; delete the secret that a template keeps. Its name may say nothing.
    "ReadSecrets": Use(
        (secretsmanager.DeleteSecret, secretsmanager.GetSecretValue),
        "AWS::SecretsManager::Secret",
        condition=StringLike({"aws:ResourceTag/Environment": ENVIRONMENT}),
    ),
    # See which key a secret has, and whether it is gone; then it has no tags to go by.
    "LookForSecrets": Use((secretsmanager.DescribeSecret,), "AWS::SecretsManager::Secret"),
    # Upload and read what a stack's own key encrypts, as far as the data is within reach.
    "UseKeys": Use((kms.Decrypt, kms.GenerateDataKey), "AWS::KMS::Key", condition=THROUGH),
    # See whether a key is gone.
    "LookForKeys": Use((kms.DescribeKey,), "AWS::KMS::Key"),
    # See within which boundary roles are.
    "LookAtRoles": Use((iam.GetRole,), "AWS::IAM::Role"),
}


def statements(stacks: Sequence[PlannedStack]) -> Iterator[Statement]:
    """Yield the statements for tests that make these stacks."""
    for sid, use in USES.items():
        conditions = [use.condition] if use.condition else []
        yield allow(sid, use.actions, resources(use, stacks), *conditions)


def leave_to_cloudformation() -> Statement:
    """Refuse code of a test what only CloudFormation needs, which works with the caller's role.

    CloudFormation tags, changes and deletes what it made itself. Code could take any key of the
    account that has no tags yet, and delete it.

    Source: IAM User Guide, "AWS global condition context keys", aws:CalledVia.
    """
    actions = {action.JSONrepr(): action for use in USES.values() for action in use.actions}
    return Statement(
        Sid="LeaveToCloudFormation",
        Effect=Deny,
        NotAction=[actions[name] for name in sorted(actions)],
        Resource=[EVERYTHING],
        Condition=Condition([Null({"aws:CalledVia": "true"})]),
    )


def resources(use: Use, stacks: Sequence[PlannedStack]) -> list[str | Sub]:
    """Return what a use is on."""
    if use.on == EVERYTHING:
        return [EVERYTHING]
    arns = {f"arn:${{AWS::Partition}}:{use.on}"}
    if use.on.startswith("AWS::"):
        arns = {
            arn
            for stack in stacks
            for title, resource in stack.resources.items()
            if resource.type == use.on
            for arn in names.arns_of(stack, title)
        }
    return [Sub(arn + use.below) for arn in sorted(arns)]
