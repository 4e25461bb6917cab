"""How a lane hears of its files: from the bucket itself, or through a rule of EventBridge."""

from collections.abc import Sequence
from typing import Any

from awacs import sqs as sqs_actions
from awacs.aws import ArnEquals, Principal, Statement, StringEquals
from troposphere import AccountId, Join, Ref, Split, Sub, Template, events, s3, sqs

from generators import naming
from generators.context import CONSTRAINED, NEVER, REVIEWED, explained
from generators.lanes import Lane
from generators.parameters import ParameterRefs
from generators.policies import allow
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
            f"Lets only the EventBridge rule of {lane.name} send to the queue. Names the rule by "
            "its derived ARN, because the policy is created first.",
            mutable=REVIEWED,
            must=["Must exist before the rule: EventBridge drops events that it may not deliver."],
        )
    return explained(
        "Lets only S3 send to the queue, and only for this stack's bucket. Names the bucket by "
        "its derived ARN, because the policy is created first.",
        mutable=REVIEWED,
        must=[
            "Must exist before UploadBucket: S3 tests it when it creates the notification.",
            "Keep both conditions: a bucket's ARN does not contain an account ID, so without "
            "aws:SourceAccount anyone who later owns a bucket of that name could send events.",
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
    sender = "s3.amazonaws.com"
    conditions = [
        ArnEquals({"aws:SourceArn": bucket_arn}),
        StringEquals({"aws:SourceAccount": AccountId}),
    ]
    if by_rule(lane):
        rule_arn = naming.rule_arn(lane.processor, parameters.environment_suffix)
        sender, conditions = "events.amazonaws.com", [ArnEquals({"aws:SourceArn": rule_arn})]
    return allow(
        "AcceptUploadEvents",
        [sqs_actions.SendMessage],
        [queue.get_att("Arn")],
        *conditions,
        principal=Principal("Service", sender),
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
            f"the processors have {len(entries)} suffixes, but S3 allows {MAXIMUM_NOTIFICATIONS} "
            'notifications for each bucket: use folders instead, or source = "eventbridge"'
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
                f"Sends upload events to {lane.name}. Unlike bucket notifications, rules may "
                "overlap: several processors can receive the same file. No dead-letter queue: "
                "EventBridge retries for 24 hours, unless it lacks the permission, which is "
                "deployed before the rule. The file stays in the bucket, and "
                "serverlessapp reconcile finds it.",
                mutable=REVIEWED,
                must=[
                    f"The name must stay: {policy.title} refers to it before the rule exists.",
                ],
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
