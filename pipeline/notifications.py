"""Who hears of failures, and of approvals that wait."""

from awacs import sns as sns_actions
from awacs.aws import Principal, Statement
from troposphere import Ref, Sub, Template, codepipeline, sns
from troposphere import codestarnotifications as notifications

from generators.context import FREE, REVIEWED, explained
from generators.naming import stack_guid
from generators.policies import allow, deny_insecure_transport, document
from pipeline.parameters import HAS_EMAIL, ParameterRefs

# Developer Tools console User Guide, "Events for notification rules on pipelines".
EVENTS = [
    "codepipeline-pipeline-pipeline-execution-failed",
    # An update of the pipeline ends the executions ahead of it, which says nobody else.
    "codepipeline-pipeline-pipeline-execution-canceled",
    "codepipeline-pipeline-manual-approval-needed",
]


def add_to(
    template: Template, *, parameters: ParameterRefs, pipeline: codepipeline.Pipeline
) -> sns.Topic:
    """Add the topic, its subscription when there is an address, and the rule that feeds it."""
    topic = template.add_resource(
        sns.Topic(
            "NotificationTopic",
            Metadata=explained(
                "Publishes failures and pending approvals, so that a chat or ticket system can "
                "subscribe without an update of the pipeline.",
                mutable=REVIEWED,
                must=[
                    "Do not use the AWS managed key of SNS: notification rules cannot publish "
                    'with it (Developer Tools console User Guide, "Configure Amazon SNS topics '
                    'for notifications").',
                ],
                skip={"CKV_AWS_26": "messages contain names and states of stages, no content"},
            ),
        )
    )
    policy = template.add_resource(
        sns.TopicPolicy(
            "NotificationTopicPolicy",
            Metadata=explained(
                "Lets only notification rules publish, so that recipients can trust the messages.",
                mutable=REVIEWED,
                skip={
                    "W9308": (
                        "AWS documents no condition key for this, and a condition that never "
                        "matches would block every message"
                    )
                },
            ),
            Topics=[topic.ref()],
            PolicyDocument=document(
                accept_notifications(topic),
                deny_insecure_transport(sns_actions.Publish, topic.ref()),
            ),
        )
    )
    subscription = template.add_resource(
        sns.SubscriptionResource(
            "NotificationSubscription",
            Metadata=explained(
                "An approval that nobody notices expires after a week and fails the push. SNS "
                "sends nothing until the recipient confirms.",
                mutable=FREE,
            ),
            TopicArn=topic.ref(),
            Protocol="email",
            Endpoint=Ref(parameters.notification_email),
        )
    )
    if HAS_EMAIL in template.conditions:
        subscription.Condition = HAS_EMAIL
    template.add_resource(
        notifications.NotificationRule(
            "NotificationRule",
            Metadata=explained(
                "Reports only failures and approvals, so that messages are read. Named after the "
                "stack's GUID: a name is required, and the stack's name could exceed the 64 "
                "characters allowed.",
                mutable=FREE,
                must=[
                    "Depends on NotificationTopicPolicy: without it, first messages are refused."
                ],
            ),
            DependsOn=policy,
            Name=Sub("serverlessapp-${Guid}", Guid=stack_guid()),
            DetailType="FULL",
            EventTypeIds=EVENTS,
            Resource=Sub(
                "arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:"
                f"${{{pipeline.title}}}"
            ),
            Targets=[notifications.Target(TargetType="SNS", TargetAddress=topic.ref())],
        )
    )
    return topic


def accept_notifications(topic: sns.Topic) -> Statement:
    """Let notification rules publish.

    Source: Developer Tools console User Guide, "Configure Amazon SNS topics for notifications".
    """
    return allow(
        "AcceptNotifications",
        [sns_actions.Publish],
        [topic.ref()],
        principal=Principal("Service", "codestar-notifications.amazonaws.com"),
    )
