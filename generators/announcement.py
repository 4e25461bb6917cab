"""How a lane hears of its files: from the bucket itself, or through a rule of EventBridge."""

from collections.abc import Sequence
from typing import Any

from awacs import sqs as sqs_actions
from awacs.aws import Allow, ArnEquals, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, Join, Ref, Split, Sub, Template, events, s3, sqs

from generators import naming
from generators.context import CONSTRAINED, NEVER, REVIEWED, explained
from generators.lanes import Lane
from generators.parameters import ParameterRefs
from generators.render import GenerationError

MAXIMUM_NOTIFICATIONS = 100  # of a bucket


def by_rule(lane: Lane) -> bool:
    """Tell whether a rule announces files to it, which others may take as well."""
    return lane.processor.uploads.source == "eventbridge"


def prefix(lane: Lane, parameters: ParameterRefs) -> Sub | Ref:
    """Return how the keys of its files begin."""
    folder = lane.processor.uploads.folder
    upload_prefix = parameters.upload_prefix
    return Sub(f"${{{upload_prefix.title}}}{folder}") if folder else Ref(upload_prefix)


def policy_metadata(lane: Lane) -> dict[str, Any]:
    """Return why there is the policy of its queue, by who sends."""
    if by_rule(lane):
        return explained(
            f"Opens the queue of {lane.name} to its rule alone, by the ARN that the rule will "
            "have: the policy is there first.",
            mutable=REVIEWED,
            must=["It exists before the rule, or EventBridge drops what it may not send."],
        )
    return explained(
        "Opens the queue to S3, and only for events of this stack's bucket, by its derived "
        "ARN: the policy is there first.",
        mutable=REVIEWED,
        must=[
            "It exists before UploadBucket: S3 tests on creation whether it may send.",
            "Both conditions stay: the ARN of a bucket names no account, so without "
            "aws:SourceAccount whoever gets hold of the name could send.",
        ],
    )


def accept_events(
    lane: Lane, queue: sqs.Queue, *, parameters: ParameterRefs, bucket_arn: Sub
) -> Statement:
    """Let its announcer send, for our bucket or by our rule only (confused deputy).

    The ARN of a rule has the account in it; that of a bucket has not.

    Source: Amazon S3 User Guide, "Granting permissions to publish event notification messages";
    Amazon EventBridge User Guide, "Using resource-based policies for Amazon EventBridge".
    """
    sender, condition = (
        "s3.amazonaws.com",
        [
            ArnEquals({"aws:SourceArn": bucket_arn}),
            StringEquals({"aws:SourceAccount": AccountId}),
        ],
    )
    if by_rule(lane):
        rule_arn = naming.rule_arn(lane.processor, parameters.environment_suffix)
        sender, condition = "events.amazonaws.com", [ArnEquals({"aws:SourceArn": rule_arn})]
    return Statement(
        Sid="AcceptUploadEvents",
        Effect=Allow,
        Principal=Principal("Service", sender),
        Action=[sqs_actions.SendMessage],
        Resource=[queue.get_att("Arn")],
        Condition=Condition(condition),
    )


def announce(
    bucket: s3.Bucket,
    queues: Sequence[tuple[Lane, sqs.Queue, sqs.QueuePolicy]],
    *,
    parameters: ParameterRefs,
) -> None:
    """Let the bucket announce its files, and wait for the policies of queues that it sends to.

    Source: Amazon S3 User Guide, "Configuring event notifications using object key name filtering"
    and "Using EventBridge"; AWS General Reference, "Amazon S3 endpoints and quotas".

    Raises:
        GenerationError: It would have more notifications than S3 takes.
    """
    told = [(lane, queue, policy) for lane, queue, policy in queues if not by_rule(lane)]
    entries = [
        notification(lane, queue, suffix, parameters=parameters)
        for lane, queue, _ in told
        for suffix in lane.processor.uploads.suffixes or [""]
    ]
    if len(entries) > MAXIMUM_NOTIFICATIONS:
        raise GenerationError(
            f"the processors have {len(entries)} suffixes, of {MAXIMUM_NOTIFICATIONS} that S3 "
            'takes: use folders instead, or source = "eventbridge"'
        )
    configuration: dict[str, Any] = {"QueueConfigurations": entries} if entries else {}
    if len(told) < len(queues):
        configuration["EventBridgeConfiguration"] = s3.EventBridgeConfiguration(
            EventBridgeEnabled=True
        )
    bucket.NotificationConfiguration = s3.NotificationConfiguration(**configuration)
    bucket.DependsOn = [*(policy.title for _, _, policy in told), *bucket.DependsOn]


def notification(
    lane: Lane, queue: sqs.Queue, suffix: str, *, parameters: ParameterRefs
) -> s3.QueueConfigurations:
    """Return what the bucket announces to a queue: files with one suffix, or all."""
    # S3 compares with encoded keys, and of what the two may have in them, "=" alone is encoded.
    encoded = Join("%3D", Split("=", prefix(lane, parameters)))
    rules = [s3.Rules(Name="prefix", Value=encoded)]
    if suffix:
        rules.append(s3.Rules(Name="suffix", Value=suffix))
    return s3.QueueConfigurations(
        Event="s3:ObjectCreated:*",
        Queue=queue.get_att("Arn"),
        Filter=s3.Filter(S3Key=s3.S3Key(Rules=rules)),
    )


def add_rule_to(
    template: Template,
    lane: Lane,
    *,
    parameters: ParameterRefs,
    bucket: s3.Bucket,
    queue: sqs.Queue,
    policy: sqs.QueuePolicy,
) -> None:
    """Add its rule, if it has one.

    Source: Amazon S3 User Guide, "EventBridge event message structure".
    """
    if not by_rule(lane):
        return
    template.add_resource(
        events.Rule(
            lane.logical_id("UploadRule"),
            Metadata=explained(
                f"Announces files to {lane.name}, whoever else takes them: notifications of a "
                "bucket refuse that. No dead-letter queue of its own: EventBridge retries for a "
                "day, and gives up at once only without permission, which comes and goes with the "
                "stack; the file is in the bucket all the same, and reconcile finds it.",
                mutable=REVIEWED,
                must=[f"Its name stays: {policy.title} names it before there is a rule."],
                mutability={"EventPattern": CONSTRAINED, "Name": NEVER},
            ),
            DependsOn=[policy.title],
            Name=naming.rule_name(lane.processor, parameters.environment_suffix),
            EventPattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {
                    "bucket": {"name": [bucket.ref()]},
                    "object": {"key": key_patterns(lane, parameters)},
                },
            },
            Targets=[events.Target(Id=queue.title, Arn=queue.get_att("Arn"))],
        )
    )


def key_patterns(lane: Lane, parameters: ParameterRefs) -> Sequence[dict[str, Any]]:
    """Return the patterns of which a key meets one.

    ``UploadPrefix`` is never empty. Without a suffix, no wildcard: a bus has 30 rules with one.

    Source: Amazon EventBridge User Guide, "Comparison operators for use in event patterns in Amazon
    EventBridge" and "Amazon EventBridge quotas".
    """
    uploads = lane.processor.uploads
    if not uploads.suffixes:
        return [{"prefix": prefix(lane, parameters)}]
    start = f"${{{parameters.upload_prefix.title}}}{literal(uploads.folder)}"
    return [{"wildcard": Sub(f"{start}*{literal(suffix)}")} for suffix in uploads.suffixes]


def literal(text: str) -> str:
    r"""Return a text for a wildcard pattern, where ``\`` makes of ``*`` and ``\`` themselves."""
    return text.replace("\\", "\\\\").replace("*", "\\*")
