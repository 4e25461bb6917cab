"""Who hears of failures, and of approvals that wait."""

from awacs import sns as sns_actions
from awacs.aws import Allow, Principal, Statement
from troposphere import Ref, Sub, Template, codepipeline, sns
from troposphere import codestarnotifications as notifications

from generators.accepted import Accepted
from generators.naming import stack_guid
from generators.policies import deny_insecure_transport, document
from pipeline.parameters import HAS_EMAIL, ParameterRefs

ACCEPTED = (
    Accepted(
        resource="NotificationTopic",
        rule="CKV_AWS_26",
        reason="names stages, no content; services cannot publish under SNS's own key",
        templates="pipeline",
    ),
    Accepted(
        resource="NotificationTopicPolicy",
        rule="confused-deputy",
        reason="AWS documents none; one that is never met would silence every message",
        templates="pipeline",
    ),
)

# Developer Tools console User Guide, "Events for notification rules on pipelines".
EVENTS = [
    "codepipeline-pipeline-pipeline-execution-failed",
    "codepipeline-pipeline-manual-approval-needed",
]


def add_to(
    template: Template, *, parameters: ParameterRefs, pipeline: codepipeline.Pipeline
) -> sns.Topic:
    """Add the topic, its subscription when there is an address, and the rule that feeds it.

    The topic has no key: notifications cannot use SNS's own (Developer Tools console User
    Guide, "Configure Amazon SNS topics for notifications"), and say only what happened where.
    """
    topic = template.add_resource(sns.Topic("NotificationTopic"))
    policy = template.add_resource(
        sns.TopicPolicy(
            "NotificationTopicPolicy",
            Topics=[topic.ref()],
            PolicyDocument=document(
                accept_notifications(topic),
                deny_insecure_transport(sns_actions.Publish, topic.ref()),
            ),
        )
    )
    template.add_resource(
        sns.SubscriptionResource(
            "NotificationSubscription",
            Condition=HAS_EMAIL,
            TopicArn=topic.ref(),
            Protocol="email",
            Endpoint=Ref(parameters.notification_email),
        )
    )
    template.add_resource(
        notifications.NotificationRule(
            "NotificationRule",
            DependsOn=policy,
            # A name is required; a stack's own may be longer than the 64 characters it can have.
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
    Without a condition, as there: AWS documents none that this service sets, and a condition
    that is never met would keep every message back without a word.
    """
    return Statement(
        Sid="AcceptNotifications",
        Effect=Allow,
        Principal=Principal("Service", "codestar-notifications.amazonaws.com"),
        Action=[sns_actions.Publish],
        Resource=[topic.ref()],
    )
