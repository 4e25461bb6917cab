"""What the file processor may do: one function for each statement of its role."""

from collections.abc import Sequence

from awacs import dynamodb, logs, s3, secretsmanager, sqs, sts
from awacs.aws import Allow, Principal, Statement
from troposphere import If, NoValue, Ref, Template, iam
from troposphere import logs as log_resources

from generators.buckets import objects
from generators.context import CONSTRAINED, REVIEWED, explained
from generators.lanes import Lane
from generators.ledger import LedgerRefs
from generators.parameters import HAS_BOUNDARY, ParameterRefs
from generators.policies import document
from generators.queues import QueueRefs
from generators.secret import SecretRefs
from generators.storage import StorageRefs


def add_role_to(template: Template, lane: Lane, *, parameters: ParameterRefs) -> iam.Role:
    """Add the role of a lane's function; its permissions follow."""
    role = lambda_role(
        lane.logical_id("FileProcessorRole"),
        parameters,
        why="What the function is to other services. Its permissions are policies of their own, of "
        "which one comes and goes with the key, and others with options.",
    )
    return template.add_resource(role)


def add_to(
    template: Template,
    lane: Lane,
    *,
    parameters: ParameterRefs,
    role: iam.Role,
    storage: StorageRefs,
    queues: QueueRefs,
    secret: SecretRefs,
    ledger: LedgerRefs,
    log_group: log_resources.LogGroup,
    grants: Sequence[Statement] = (),
) -> iam.PolicyType:
    """Give the role of a lane's function exactly what processing a file takes, and ``grants``.

    Returns:
        The policy, which the function has to wait for.
    """
    policy = iam.PolicyType(
        lane.logical_id("FileProcessorPolicy"),
        Metadata=explained(
            "What processing a file takes, and no more: each statement is proved by taking it "
            "away (docs/permissions.md). It can list the names of all files, which S3 asks for "
            "before it says that one is gone; it cannot read or delete receipts.",
            mutable=REVIEWED,
            must=[
                "It never allows to put objects below UploadPrefix: results there would start the "
                "function again, without end.",
                "What a processor needs besides comes from its permissions.py, and has to be "
                "within the permissions boundary.",
            ],
        ),
        PolicyName="ProcessFiles",
        Roles=[role.ref()],
        PolicyDocument=document(
            read_uploads(lane, storage, parameters),
            see_what_is_gone(storage),
            read_secret(secret),
            write_ledger(ledger),
            consume_events(queues),
            park_events(queues),
            write_log(log_group),
            *grants,
        ),
    )
    return template.add_resource(policy)


def lambda_role(title: str, parameters: ParameterRefs, *, why: str) -> iam.Role:
    """Return a role for a function, within the permissions boundary if there is one."""
    return iam.Role(
        title,
        Metadata=explained(
            why,
            mutable=REVIEWED,
            must=[
                "No condition on the source of requests: AWS documents none (AWS Lambda Developer "
                'Guide, "Defining Lambda function permissions with an execution role"). Only who '
                "may pass the role, in this account, can make Lambda use it.",
                "The boundary stays: the role that deploys makes and changes no role without it.",
            ],
            mutability={"AssumeRolePolicyDocument": CONSTRAINED},
        ),
        AssumeRolePolicyDocument=document(
            Statement(
                Effect=Allow,
                Principal=Principal("Service", "lambda.amazonaws.com"),
                Action=[sts.AssumeRole],
            )
        ),
        PermissionsBoundary=If(HAS_BOUNDARY, Ref(parameters.permissions_boundary_arn), NoValue),
    )


def read_uploads(lane: Lane, storage: StorageRefs, parameters: ParameterRefs) -> Statement:
    """Read the version an event names. Not the newest, so ``GetObject`` is not needed.

    But where the bucket may have no versions, it is: then an event names none.
    Nor what other lanes take: with suffixes, a pattern for each.
    """
    uploads = lane.processor.uploads
    newest = [s3.GetObject] if parameters.source else []
    below = f"${{{parameters.upload_prefix.title}}}{uploads.folder}"
    return Statement(
        Sid="ReadUploads",
        Effect=Allow,
        Action=[*newest, s3.GetObjectVersion],
        Resource=[objects(storage.bucket, below, suffix) for suffix in uploads.suffixes or [""]],
    )


def see_what_is_gone(storage: StorageRefs) -> Statement:
    """Let S3 say that a version is gone: to who may not list, it says that reading is denied.

    No condition: which keys S3 has when it decides between the two, such as ``s3:prefix``, AWS does
    not document. So the function could list all names.

    Source: Amazon S3 API Reference, "GetObject", permissions.
    """
    return Statement(
        Sid="SeeWhatIsGone",
        Effect=Allow,
        Action=[s3.ListBucket],
        Resource=[storage.bucket.get_att("Arn")],
    )


def read_secret(secret: SecretRefs) -> Statement:
    """Read the one secret that receipts are signed with."""
    return Statement(
        Sid="ReadSecret",
        Effect=Allow,
        Action=[secretsmanager.GetSecretValue],
        Resource=[secret.secret.get_att("Id")],
    )


def write_ledger(ledger: LedgerRefs) -> Statement:
    """Enter receipts. The condition of the write needs no permission to read."""
    return Statement(
        Sid="WriteLedger",
        Effect=Allow,
        Action=[dynamodb.PutItem],
        Resource=[ledger.table.get_att("Arn")],
    )


def consume_events(queues: QueueRefs) -> Statement:
    """Let Lambda's event source mapping poll the queue in the role's name.

    Source: AWS Lambda Developer Guide, "Execution role permissions" for Amazon SQS.
    """
    return Statement(
        Sid="ConsumeEvents",
        Effect=Allow,
        Action=[sqs.DeleteMessage, sqs.GetQueueAttributes, sqs.ReceiveMessage],
        Resource=[queues.ingest.get_att("Arn")],
    )


def park_events(queues: QueueRefs) -> Statement:
    """Send what no retry can help to the dead-letter queue at once."""
    return Statement(
        Sid="ParkEvents",
        Effect=Allow,
        Action=[sqs.SendMessage],
        Resource=[queues.dead_letter.get_att("Arn")],
    )


def write_log(log_group: log_resources.LogGroup) -> Statement:
    """Write to the function's own log group, which the stack creates."""
    return Statement(
        Sid="WriteLog",
        Effect=Allow,
        Action=[logs.CreateLogStream, logs.PutLogEvents],
        Resource=[log_group.get_att("Arn")],  # ends in ":*", which covers its streams
    )
