"""What a stack has whose files come from a bucket that is there already. ADR 34."""

from awacs import kms as kms_actions
from awacs.aws import StringEquals
from troposphere import Ref, Sub, Template, events, iam

from generators import naming
from generators.context import CONSTRAINED, REVIEWED, explained
from generators.encryption import through
from generators.lanes import Lane
from generators.parameters import HAS_SOURCE_ACCOUNT, HAS_SOURCE_KEY, ParameterRefs, SourceRefs
from generators.policies import allow, document

POLICY = "EventBusPolicy"


def accept_forwarded_events(
    template: Template, *, parameters: ParameterRefs, source: SourceRefs
) -> None:
    """Let rules of the bucket's account, if it is another one, forward its events to ours.

    Whoever may call PutEvents there could not make up events of S3, and need not send others.

    Source: Amazon EventBridge User Guide, "Sending and receiving events between AWS accounts" and
    "Example policy: Send events from a specific rule to a bus in a different Region".
    """
    here = "arn:${AWS::Partition}:events:${AWS::Region}:"
    template.add_resource(
        events.EventBusPolicy(
            POLICY,
            Metadata=explained(
                "S3 sends events to the default event bus of the bucket's account. With "
                "SourceAccount, this bus receives what a rule in that account forwards.",
                mutable=REVIEWED,
                must=["Accepts events from one account only, the one in SourceAccount."],
                mutability={"StatementId": CONSTRAINED},
            ),
            Condition=HAS_SOURCE_ACCOUNT,
            StatementId=naming.bus_statement(parameters.environment_suffix),
            Statement={
                "Effect": "Allow",
                "Principal": {
                    "AWS": Sub(f"arn:${{AWS::Partition}}:iam::${{{source.account.title}}}:root")
                },
                "Action": "events:PutEvents",
                "Resource": Sub(here + "${AWS::AccountId}:event-bus/default"),
                "Condition": {
                    "ArnLike": {"aws:SourceArn": Sub(f"{here}${{{source.account.title}}}:rule/*")}
                },
            },
        )
    )


def add_key_use_to(template: Template, lane: Lane, *, role: iam.Role, source: SourceRefs) -> None:
    """Let the role of a lane's function read files that the bucket's own key encrypts.

    Source: Amazon S3 User Guide, "Using server-side encryption with AWS KMS keys".
    """
    template.add_resource(
        iam.PolicyType(
            lane.logical_id("FileProcessorSourceKeyPolicy"),
            Metadata=explained(
                "Lets the function decrypt files that the bucket owner's key encrypts. If the "
                "key is in another account, its key policy must allow this as well.",
                mutable=REVIEWED,
            ),
            Condition=HAS_SOURCE_KEY,
            PolicyName="UseSourceKey",
            Roles=[role.ref()],
            PolicyDocument=document(
                allow(
                    "DecryptUploads",
                    [kms_actions.Decrypt],
                    [Ref(source.key_arn)],
                    StringEquals(through("s3")),
                )
            ),
        )
    )
