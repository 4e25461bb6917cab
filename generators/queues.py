"""Where upload events wait, and where those that cannot be processed end up."""

from dataclasses import dataclass

from awacs import sqs as sqs_actions
from troposphere import FindInMap, Ref, Sub, Template, sqs

from generators import announcement, naming
from generators.context import CONSTRAINED, NEVER, REVIEWED, explained
from generators.lanes import Lane
from generators.parameters import TIMEOUT_MAPPING, ParameterRefs
from generators.policies import deny_insecure_transport, document
from generators.retention import Retention

# Seconds; the longest SQS offers, for both queues. AWS advises longer for the dead-letter queue,
# where a message keeps the time of its upload (Amazon SQS Developer Guide, "Setting-up dead-letter
# queue retention"). That would only shorten how long an outage may last, and what expires is a
# message: the file stays, and reconcile finds it.
MESSAGE_RETENTION = 14 * 24 * 3600

ENCRYPTED_BY_SQS = {"CKV_AWS_27": "encrypted with an SQS-managed key, which the check ignores"}


@dataclass(frozen=True, kw_only=True)
class QueueRefs:
    """What later generators need from the queues."""

    ingest: sqs.Queue
    ingest_policy: sqs.QueuePolicy
    dead_letter: sqs.Queue


def add_to(
    template: Template,
    lane: Lane,
    *,
    parameters: ParameterRefs,
    upload_bucket_arn: Sub,
    retention: Retention,
) -> QueueRefs:
    """Add a lane's ingest queue, its dead-letter queue and their policies.

    Only the bucket of the ARN may send events. Its notification, or the rule, has to wait for the
    policy.
    """
    ingest_title = lane.logical_id("IngestQueue")
    # The first lane keeps its queues, as it always did. Another's has a name that could not be made
    # again while the old one stays: taken out of the stack, the lane could not come back.
    kept = retention if lane.is_first else Retention.EPHEMERAL
    dead_letter = template.add_resource(
        sqs.Queue(
            lane.logical_id("DeadLetterQueue"),
            Metadata=explained(
                "Keeps messages that failed at every attempt, or that no retry can help, until "
                "an operator looks at them. Messages that SQS moves here expire 14 days after "
                "the upload; those that the function sends, 14 days after it sent them. The "
                "files stay in the bucket, and serverlessapp reconcile finds them.",
                mutable=REVIEWED,
                must=[
                    f"Retention must be at least that of {ingest_title}, or SQS deletes old "
                    "messages as soon as it moves them here.",
                    f"Names {ingest_title} by its derived ARN, because the two queues refer to "
                    "each other. Without this, any queue of the account could use this one as "
                    "its dead-letter queue.",
                ],
                skip=ENCRYPTED_BY_SQS,
            ),
            SqsManagedSseEnabled=True,
            MessageRetentionPeriod=MESSAGE_RETENTION,
            RedriveAllowPolicy={
                "redrivePermission": "byQueue",
                "sourceQueueArns": [
                    naming.ingest_queue_arn(lane.processor, parameters.environment_suffix)
                ],
            },
            **kept.policies,
        )
    )
    ingest = template.add_resource(
        sqs.Queue(
            ingest_title,
            Metadata=explained(
                "Buffers upload events while the function is busy, throttled or failing: an "
                "outage delays files and loses none. Not S3 to Lambda directly: that drops "
                "events after six hours and has no visible backlog. Not FIFO: S3 cannot send to "
                "FIFO queues.",
                mutable=REVIEWED,
                must=[
                    "The visibility timeout must be at least six times the function's timeout "
                    '(AWS Lambda Developer Guide, "Using Lambda with Amazon SQS"), or files are '
                    "delivered again while they are being processed.",
                    "Encrypted with an SQS-managed key: S3 can send to a queue with a KMS key "
                    "only if the key policy allows it.",
                    f"The name is derived and contains EnvironmentSuffix: {dead_letter.title} "
                    "refers to it before the queue exists.",
                ],
                mutability={"QueueName": NEVER, "VisibilityTimeout": CONSTRAINED},
                skip=ENCRYPTED_BY_SQS,
            ),
            QueueName=naming.ingest_queue_name(lane.processor, parameters.environment_suffix),
            SqsManagedSseEnabled=True,
            MessageRetentionPeriod=MESSAGE_RETENTION,
            VisibilityTimeout=FindInMap(
                TIMEOUT_MAPPING, Ref(parameters.lanes[lane.name].timeout), "Visibility"
            ),
            RedrivePolicy=sqs.RedrivePolicy(
                deadLetterTargetArn=dead_letter.get_att("Arn"),
                maxReceiveCount=lane.processor.function.attempts,
            ),
            RedriveAllowPolicy={"redrivePermission": "denyAll"},
            **kept.policies,
        )
    )
    ingest_policy = template.add_resource(
        sqs.QueuePolicy(
            lane.logical_id("IngestQueuePolicy"),
            Metadata=announcement.policy_metadata(lane),
            Queues=[ingest.ref()],
            PolicyDocument=document(
                announcement.accept_events(
                    lane, ingest, parameters=parameters, bucket_arn=upload_bucket_arn
                ),
                deny_insecure_transport(sqs_actions.Action("*"), ingest.get_att("Arn")),
            ),
            **kept.protection,
        )
    )
    template.add_resource(
        sqs.QueuePolicy(
            lane.logical_id("DeadLetterQueuePolicy"),
            Metadata=explained(
                "Requires TLS: SQS accepts plain HTTP as well. Allows nothing: the function and "
                "operators have permissions of their own.",
                mutable=REVIEWED,
            ),
            Queues=[dead_letter.ref()],
            PolicyDocument=document(
                deny_insecure_transport(sqs_actions.Action("*"), dead_letter.get_att("Arn"))
            ),
            **kept.protection,
        )
    )
    return QueueRefs(ingest=ingest, ingest_policy=ingest_policy, dead_letter=dead_letter)
