"""What a lane's pipe may do: read the ledger's stream, send events, report what it could not."""

from awacs import dynamodb, events, sts
from awacs import sqs as sqs_actions
from awacs.aws import Allow, ArnEquals, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, If, NoValue, Ref, Sub, iam, kms, sqs

from generators import naming
from generators.context import CONSTRAINED, REVIEWED, explained
from generators.encryption import decrypt_through_services
from generators.lanes import Lane
from generators.ledger import LedgerRefs
from generators.parameters import CUSTOMER_MANAGED_KEY, HAS_BOUNDARY, ParameterRefs
from generators.policies import document

BUS = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"


def role_of(
    lane: Lane,
    *,
    parameters: ParameterRefs,
    undelivered: sqs.Queue,
    ledger: LedgerRefs,
    key: kms.Key,
) -> iam.Role:
    """Return the role of a lane's pipe, which this pipe alone may take (confused deputy).

    Source: Amazon EventBridge User Guide, "Cross-service confused deputy prevention in Amazon
    EventBridge", about pipes.
    """
    pipe = naming.pipe_arn(lane.processor, parameters.environment_suffix)
    statements = (
        read_stream(ledger),
        find_stream(),
        send_events(),
        report_undelivered(undelivered),
    )
    use_key = iam.Policy(
        PolicyName="UseKey", PolicyDocument=document(decrypt_through_services(key, "dynamodb"))
    )
    return iam.Role(
        lane.logical_id("CompletionEventPipeRole"),
        Metadata=explained(
            "What the pipe is to other services: it reads one stream, and sends.",
            mutable=REVIEWED,
            must=[
                "The boundary stays: the role that deploys makes and changes no role without it."
            ],
            mutability={"AssumeRolePolicyDocument": CONSTRAINED},
        ),
        AssumeRolePolicyDocument=document(
            Statement(
                Effect=Allow,
                Principal=Principal("Service", "pipes.amazonaws.com"),
                Action=[sts.AssumeRole],
                Condition=Condition(
                    [
                        ArnEquals({"aws:SourceArn": pipe}),
                        StringEquals({"aws:SourceAccount": AccountId}),
                    ]
                ),
            )
        ),
        PermissionsBoundary=If(HAS_BOUNDARY, Ref(parameters.permissions_boundary_arn), NoValue),
        Policies=[
            iam.Policy(PolicyName="SendEvents", PolicyDocument=document(*statements)),
            If(CUSTOMER_MANAGED_KEY, use_key, NoValue),
        ],
    )


def read_stream(ledger: LedgerRefs) -> Statement:
    """Read what was entered.

    Source: Amazon EventBridge User Guide, "Event source permissions for Amazon EventBridge Pipes",
    for this and the following.
    """
    return Statement(
        Sid="ReadStream",
        Effect=Allow,
        Action=[dynamodb.DescribeStream, dynamodb.GetRecords, dynamodb.GetShardIterator],
        Resource=[ledger.table.get_att("StreamArn")],
    )


def find_stream() -> Statement:
    """List streams, which cannot be limited (Service Authorization Reference)."""
    return Statement(Sid="FindStream", Effect=Allow, Action=[dynamodb.ListStreams], Resource=["*"])


def send_events() -> Statement:
    """Send to the default bus."""
    return Statement(Sid="SendEvents", Effect=Allow, Action=[events.PutEvents], Resource=[Sub(BUS)])


def report_undelivered(queue: sqs.Queue) -> Statement:
    """Report what could not be sent."""
    return Statement(
        Sid="ReportUndelivered",
        Effect=Allow,
        Action=[sqs_actions.SendMessage],
        Resource=[queue.get_att("Arn")],
    )
