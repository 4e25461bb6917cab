"""Where upload events wait, and where those that cannot be processed end up."""

from dataclasses import dataclass

from awacs import sqs as sqs_actions
from awacs.aws import Allow, ArnEquals, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, FindInMap, Ref, Sub, Template, sqs

from generators import naming
from generators.accepted import Accepted
from generators.parameters import TIMEOUT_MAPPING, ParameterRefs
from generators.policies import deny_insecure_transport, document
from generators.retention import Retention

MAX_RECEIVES = 3  # one delivery and two retries
MESSAGE_RETENTION = 14 * 24 * 3600  # seconds; the longest SQS offers

ACCEPTED = tuple(
    Accepted(
        resource=queue,
        rule="CKV_AWS_27",
        reason="it is encrypted with SQS's own key, which the check does not know; S3 cannot send "
        "to a KMS key whose policy does not let it",
    )
    for queue in ("IngestQueue", "DeadLetterQueue")
)


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

    Both are encrypted with SQS's own key: S3 cannot send to a queue under a KMS key
    unless the key's policy lets it.

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
            SqsManagedSseEnabled=True,
            MessageRetentionPeriod=MESSAGE_RETENTION,
            # By the ingest queue's derived name: the two refer to each other.
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
