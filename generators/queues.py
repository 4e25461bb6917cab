"""Where upload events wait, and where those that cannot be processed end up."""

from dataclasses import dataclass

from awacs import sqs as sqs_actions
from awacs.aws import Allow, ArnEquals, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, FindInMap, Ref, Sub, Template, sqs

from generators import naming
from generators.context import CONSTRAINED, NEVER, REVIEWED, explained
from generators.parameters import TIMEOUT_MAPPING, ParameterRefs
from generators.policies import deny_insecure_transport, document
from generators.retention import Retention

# One delivery and two retries. AWS advises five or more, since throttled invocations count (AWS
# Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping"). ADR 1.
MAX_RECEIVES = 3
# Seconds; the longest SQS offers, for both queues. AWS advises longer for the dead-letter queue,
# where a message keeps the time of its upload (Amazon SQS Developer Guide, "Setting-up dead-letter
# queue retention"). That would only shorten how long an outage may last, and what expires is a
# message: the file stays, and reconcile finds it.
MESSAGE_RETENTION = 14 * 24 * 3600

ENCRYPTED_BY_SQS = {"CKV_AWS_27": "SQS's own key encrypts it, which the check does not know"}


@dataclass(frozen=True, kw_only=True)
class QueueRefs:
    """What later generators need from the queues."""

    ingest: sqs.Queue
    ingest_policy: sqs.QueuePolicy
    dead_letter: sqs.Queue


def add_to(
    template: Template,
    *,
    parameters: ParameterRefs,
    upload_bucket_arn: Sub,
    retention: Retention,
) -> QueueRefs:
    """Add the ingest queue, its dead-letter queue and their policies.

    Args:
        template: The template under construction.
        parameters: The stack's parameters.
        upload_bucket_arn: ARN of the only bucket that may send events.
        retention: Whether messages outlive the stack.

    Returns:
        The queues and the policy that the bucket's notification has to wait for.
    """
    dead_letter = template.add_resource(
        sqs.Queue(
            "DeadLetterQueue",
            Metadata=explained(
                "Keeps what failed at every delivery, and at once what no retry can help, for a "
                "person to look at. What SQS moves here keeps the time of its upload and expires "
                "14 days after that; what the function sends, 14 days after it was sent. The files "
                "stay in the bucket, and reconcile finds them.",
                mutable=REVIEWED,
                must=[
                    "Keeps messages no shorter than IngestQueue, or SQS deletes what is older as "
                    "soon as it moves it here.",
                    "Names IngestQueue by its derived ARN: the two refer to each other. Without "
                    "it, any queue of the account could park its messages here.",
                ],
                skip=ENCRYPTED_BY_SQS,
            ),
            SqsManagedSseEnabled=True,
            MessageRetentionPeriod=MESSAGE_RETENTION,
            RedriveAllowPolicy={
                "redrivePermission": "byQueue",
                "sourceQueueArns": [naming.ingest_queue_arn(parameters.environment_suffix)],
            },
            **retention.policies,
        )
    )
    ingest = template.add_resource(
        sqs.Queue(
            "IngestQueue",
            Metadata=explained(
                "Holds upload events while the function is busy, throttled or broken: an outage "
                "delays files, and loses none. Not Lambda directly, whose own queue forgets after "
                "six hours and shows no backlog. Not FIFO: S3 cannot send to one.",
                mutable=REVIEWED,
                must=[
                    "The visibility timeout is at least six times the function's (AWS Lambda "
                    'Developer Guide, "Using Lambda with Amazon SQS"): else a file is delivered '
                    "again while it is still being processed.",
                    "SQS's own key encrypts it: S3 cannot send to a queue under a KMS key unless "
                    "the key's policy lets it.",
                    "Its name is derived, from EnvironmentSuffix too: DeadLetterQueue needs it "
                    "before there is a queue.",
                ],
                mutability={"QueueName": NEVER, "VisibilityTimeout": CONSTRAINED},
                skip=ENCRYPTED_BY_SQS,
            ),
            QueueName=naming.ingest_queue_name(parameters.environment_suffix),
            SqsManagedSseEnabled=True,
            MessageRetentionPeriod=MESSAGE_RETENTION,
            VisibilityTimeout=FindInMap(
                TIMEOUT_MAPPING, Ref(parameters.function_timeout), "Visibility"
            ),
            RedrivePolicy=sqs.RedrivePolicy(
                deadLetterTargetArn=dead_letter.get_att("Arn"), maxReceiveCount=MAX_RECEIVES
            ),
            RedriveAllowPolicy={"redrivePermission": "denyAll"},
            **retention.policies,
        )
    )
    ingest_policy = template.add_resource(
        sqs.QueuePolicy(
            "IngestQueuePolicy",
            Metadata=explained(
                "Opens the queue to S3, and only for events of this stack's bucket, by its derived "
                "ARN: the policy is there first.",
                mutable=REVIEWED,
                must=[
                    "It exists before UploadBucket: S3 tests on creation whether it may send.",
                    "Both conditions stay: the ARN of a bucket names no account, so without "
                    "aws:SourceAccount whoever gets hold of the name could send.",
                ],
            ),
            Queues=[ingest.ref()],
            PolicyDocument=document(
                accept_upload_events(ingest, upload_bucket_arn),
                deny_insecure_transport(sqs_actions.Action("*"), ingest.get_att("Arn")),
            ),
            **retention.protection,
        )
    )
    template.add_resource(
        sqs.QueuePolicy(
            "DeadLetterQueuePolicy",
            Metadata=explained(
                "SQS would answer plain HTTP as well. It lets nobody in: function and operators "
                "have permissions of their own.",
                mutable=REVIEWED,
            ),
            Queues=[dead_letter.ref()],
            PolicyDocument=document(
                deny_insecure_transport(sqs_actions.Action("*"), dead_letter.get_att("Arn"))
            ),
            **retention.protection,
        )
    )
    return QueueRefs(ingest=ingest, ingest_policy=ingest_policy, dead_letter=dead_letter)


def accept_upload_events(queue: sqs.Queue, bucket_arn: Sub) -> Statement:
    """Let S3 send events, but only for our bucket and our account (confused deputy).

    Source: Amazon S3 User Guide, "Granting permissions to publish event notification messages".
    """
    return Statement(
        Sid="AcceptUploadEvents",
        Effect=Allow,
        Principal=Principal("Service", "s3.amazonaws.com"),
        Action=[sqs_actions.SendMessage],
        Resource=[queue.get_att("Arn")],
        Condition=Condition(
            [
                ArnEquals({"aws:SourceArn": bucket_arn}),
                StringEquals({"aws:SourceAccount": AccountId}),
            ]
        ),
    )
