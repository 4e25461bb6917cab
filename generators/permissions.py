"""What the file processor may do: one function for each statement of its role."""

from collections.abc import Sequence

from awacs import dynamodb, logs, s3, secretsmanager, sqs
from awacs.aws import Principal, Statement
from troposphere import If, NoValue, Ref, Template, iam
from troposphere import logs as log_resources

from generators.buckets import objects
from generators.context import CONSTRAINED, REVIEWED, explained
from generators.lanes import Lane
from generators.ledger import LedgerRefs
from generators.parameters import HAS_BOUNDARY, ParameterRefs
from generators.policies import allow, document, trust
from generators.queues import QueueRefs
from generators.secret import SecretRefs
from generators.storage import StorageRefs


def add_role_to(template: Template, lane: Lane, *, parameters: ParameterRefs) -> iam.Role:
    role = lambda_role(
        lane.logical_id("FileProcessorRole"),
        parameters,
        why="Execution role of the function. Its permissions are separate policies, because some "
        "exist only with the key or other options.",
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
            "What processing a file requires, and nothing else: a test removes each statement "
            "and shows that it is needed (docs/permissions.md). Listing is allowed because S3 "
            "reports a missing object only to callers who may list; reading or deleting ledger "
            "entries is not.",
            mutable=REVIEWED,
            must=[
                "Must never allow writes below UploadPrefix: results there would invoke the "
                "function again, without end.",
                "Further permissions of a processor come from its permissions.py and must be "
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
                "No condition on the source of requests: AWS documents none for execution roles "
                '(AWS Lambda Developer Guide, "Defining Lambda function permissions with an '
                'execution role"). Only principals in this account that may pass the role can '
                "make Lambda use it.",
                "Keep the boundary: the deploy role may not create or change roles without it.",
            ],
            mutability={"AssumeRolePolicyDocument": CONSTRAINED},
        ),
        AssumeRolePolicyDocument=trust(Principal("Service", "lambda.amazonaws.com")),
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
    return allow(
        "ReadUploads",
        [*newest, s3.GetObjectVersion],
        [objects(storage.bucket, below, suffix) for suffix in uploads.suffixes or [""]],
    )


def see_what_is_gone(storage: StorageRefs) -> Statement:
    """Let S3 say that a version is gone: to who may not list, it says that reading is denied.

    No condition: which keys S3 has when it decides between the two, such as ``s3:prefix``, AWS does
    not document. So the function could list all names.

    Source: Amazon S3 API Reference, "GetObject", permissions.
    """
    return allow("SeeWhatIsGone", [s3.ListBucket], [storage.bucket.get_att("Arn")])


def read_secret(secret: SecretRefs) -> Statement:
    """Read the one secret that receipts are signed with."""
    return allow("ReadSecret", [secretsmanager.GetSecretValue], [secret.secret.get_att("Id")])


def write_ledger(ledger: LedgerRefs) -> Statement:
    """Enter receipts. The condition of the write needs no permission to read."""
    return allow("WriteLedger", [dynamodb.PutItem], [ledger.table.get_att("Arn")])


def consume_events(queues: QueueRefs) -> Statement:
    """Let Lambda's event source mapping poll the queue in the role's name.

    Source: AWS Lambda Developer Guide, "Execution role permissions" for Amazon SQS.
    """
    return allow(
        "ConsumeEvents",
        [sqs.DeleteMessage, sqs.GetQueueAttributes, sqs.ReceiveMessage],
        [queues.ingest.get_att("Arn")],
    )


def park_events(queues: QueueRefs) -> Statement:
    """Send what no retry can help to the dead-letter queue at once."""
    return allow("ParkEvents", [sqs.SendMessage], [queues.dead_letter.get_att("Arn")])


def write_log(log_group: log_resources.LogGroup) -> Statement:
    """Write to the function's own log group, whose ARN ends in ``:*``, which covers its streams."""
    return allow("WriteLog", [logs.CreateLogStream, logs.PutLogEvents], [log_group.get_att("Arn")])
