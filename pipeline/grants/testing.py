"""What taskcat, its post-hook and its launcher do themselves. All of it is seen on the emulator.

Stacks under test are named by taskcat, ``tCaT-<test>-<6 digits>``, and their environment by
``.taskcat.yml``, ``tcat-<test>``; CloudFormation begins physical names with the stack's.
"""

from awacs import cloudformation, cloudwatch, dynamodb, iam, kms, logs, s3, secretsmanager, sns, sqs
from awacs.aws import Allow, Condition, Statement, StringLike
from troposphere import Sub

STACK = "tCaT-*"
ENVIRONMENT = "tcat-*"
ARTIFACTS = "tcat-serverlessapp-*"
# Of a tested stack: named after its environment, and after the stack, which S3 wants in lowercase.
BUCKETS = ("serverlessapp-tcat-*", "tcat-*-accesslogbucket-*")
QUEUES = (STACK, "serverlessapp-tcat-*-ingest-*")
# AWS documents no rule for a secret's generated name; it may begin with the logical ID.
SECRETS = (STACK, "Secret-*")

# Whose name says nothing, or not enough, has the tags of the stack.
OF_TESTS = Condition([StringLike({"aws:ResourceTag/Environment": ENVIRONMENT})])
FOR_TESTS = Condition([StringLike({"aws:RequestTag/Environment": ENVIRONMENT})])


def arn(service: str, resource: str, *, region: str = "*") -> Sub:
    """Return an ARN pattern in this account, in all Regions: that is what is tested."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}")


def bucket(name: str, path: str = "") -> Sub:
    """Return the ARN pattern of buckets, or of their objects."""
    return Sub(f"arn:${{AWS::Partition}}:s3:::{name}{path}")


def run_stacks() -> Statement:
    """Make stacks of the tests, look at them, delete them."""
    return Statement(
        Sid="RunStacks",
        Effect=Allow,
        Action=[
            cloudformation.CreateStack,
            cloudformation.DeleteStack,
            cloudformation.DescribeStackEvents,
        ],
        Resource=[arn("cloudformation", f"stack/{STACK}/*")],
    )


def find_stacks() -> Statement:
    """Look for nested stacks and for stacks that were interrupted, among all.

    Source: AWS CloudFormation API Reference, "DescribeStacks": without a name it takes ListStacks
    too, on everything.
    """
    return Statement(
        Sid="FindStacks",
        Effect=Allow,
        Action=[cloudformation.DescribeStacks, cloudformation.ListStacks],
        Resource=["*"],
    )


def stage_artifacts() -> Statement:
    """Make a bucket in each Region for templates and code, and delete it again."""
    return Statement(
        Sid="StageArtifacts",
        Effect=Allow,
        Action=[
            s3.CreateBucket,
            s3.DeleteBucket,
            s3.GetBucketLocation,
            s3.ListBucket,
            s3.ListBucketVersions,
            s3.PutBucketPolicy,
        ],
        Resource=[bucket(ARTIFACTS)],
    )


def write_artifacts() -> Statement:
    """Put templates and code there, let CloudFormation and Lambda fetch them, delete them."""
    return Statement(
        Sid="WriteArtifacts",
        Effect=Allow,
        Action=[
            s3.DeleteObject,
            s3.DeleteObjectVersion,
            s3.GetObject,
            s3.PutObject,
            s3.PutObjectAcl,
        ],
        Resource=[bucket(ARTIFACTS, "/*")],
    )


def look_at_buckets() -> Statement:
    """See how buckets are protected; delete those that a template keeps."""
    return Statement(
        Sid="LookAtBuckets",
        Effect=Allow,
        Action=[
            s3.DeleteBucket,
            s3.GetBucketPolicy,
            s3.GetBucketPublicAccessBlock,
            s3.GetBucketVersioning,
            s3.GetEncryptionConfiguration,
            s3.ListBucket,
            s3.ListBucketVersions,
        ],
        Resource=[bucket(name) for name in BUCKETS],
    )


def upload_files() -> Statement:
    """Upload files, compare them with their receipts, delete them."""
    return Statement(
        Sid="UploadFiles",
        Effect=Allow,
        Action=[s3.DeleteObject, s3.DeleteObjectVersion, s3.GetObjectVersion, s3.PutObject],
        Resource=[bucket(name, "/*") for name in BUCKETS],
    )


def read_queues() -> Statement:
    """Find the poison file; subscribe a queue to alarms; delete queues that a template keeps."""
    return Statement(
        Sid="ReadQueues",
        Effect=Allow,
        Action=[
            sqs.CreateQueue,
            sqs.DeleteMessage,
            sqs.DeleteQueue,
            sqs.GetQueueAttributes,
            sqs.ReceiveMessage,
            sqs.SetQueueAttributes,
        ],
        Resource=[arn("sqs", name) for name in QUEUES],
    )


def listen_to_alarms() -> Statement:
    """Subscribe to a topic, and see who else does."""
    return Statement(
        Sid="ListenToAlarms",
        Effect=Allow,
        Action=[sns.GetTopicAttributes, sns.ListSubscriptionsByTopic, sns.Subscribe],
        Resource=[arn("sns", STACK)],
    )


def set_off_alarms() -> Statement:
    """Set off an alarm, to see who hears of it."""
    return Statement(
        Sid="SetOffAlarms",
        Effect=Allow,
        Action=[cloudwatch.SetAlarmState],
        Resource=[arn("cloudwatch", f"alarm:{STACK}")],
    )


def find_by_listing() -> Statement:
    """Look for alarms and log groups; both are lists of which the request names a part."""
    return Statement(
        Sid="FindByListing",
        Effect=Allow,
        Action=[cloudwatch.DescribeAlarms, logs.DescribeLogGroups],
        Resource=["*"],
    )


def read_logs() -> Statement:
    """Read metrics in the log; delete the log that a template keeps."""
    return Statement(
        Sid="ReadLogs",
        Effect=Allow,
        Action=[logs.DeleteLogGroup, logs.FilterLogEvents],
        Resource=[arn("logs", f"log-group:{STACK}")],
    )


def read_ledger() -> Statement:
    """Read receipts; delete the ledger that a template keeps, and protects from it."""
    return Statement(
        Sid="ReadLedger",
        Effect=Allow,
        Action=[
            dynamodb.BatchGetItem,
            dynamodb.DeleteTable,
            dynamodb.DescribeTable,
            dynamodb.Scan,
            dynamodb.UpdateTable,
        ],
        Resource=[arn("dynamodb", f"table/{STACK}")],
    )


def read_secrets() -> Statement:
    """Verify signatures; delete the secret that a template keeps."""
    return Statement(
        Sid="ReadSecrets",
        Effect=Allow,
        Action=[secretsmanager.DeleteSecret, secretsmanager.GetSecretValue],
        Resource=[arn("secretsmanager", f"secret:{name}") for name in SECRETS],
        Condition=OF_TESTS,
    )


def look_for_secrets() -> Statement:
    """See which key a secret has, and whether it is gone; then it has no tags to go by."""
    return Statement(
        Sid="LookForSecrets",
        Effect=Allow,
        Action=[secretsmanager.DescribeSecret],
        Resource=[arn("secretsmanager", f"secret:{name}") for name in SECRETS],
    )


def use_keys() -> Statement:
    """Upload and read what a stack's own key encrypts, as far as the data is within reach."""
    services = ("dynamodb", "s3", "secretsmanager")
    through = [Sub(f"{service}.*.${{AWS::URLSuffix}}") for service in services]
    return Statement(
        Sid="UseKeys",
        Effect=Allow,
        Action=[kms.Decrypt, kms.GenerateDataKey],
        Resource=[arn("kms", "key/*")],
        Condition=Condition([StringLike({"kms:ViaService": through})]),
    )


def look_for_keys() -> Statement:
    """See whether a key is gone."""
    return Statement(
        Sid="LookForKeys",
        Effect=Allow,
        Action=[kms.DescribeKey],
        Resource=[arn("kms", "key/*")],
    )


def look_at_roles() -> Statement:
    """See within which boundary roles are."""
    return Statement(
        Sid="LookAtRoles",
        Effect=Allow,
        Action=[iam.GetRole],
        Resource=[arn("iam", f"role/{STACK}", region="")],
    )
