"""What pipes may do: read the ledgers' streams, send events, and report what they could not."""

from awacs import dynamodb, events
from awacs import sqs as sqs_actions
from awacs.aws import ArnLike, Principal, Statement, StringEquals
from troposphere import AccountId, If, NoValue, Ref, Sub, iam, kms, sqs

from generators import naming
from generators.context import CONSTRAINED, REVIEWED, explained
from generators.encryption import decrypt_through_services
from generators.ledger import LedgerRefs
from generators.parameters import CUSTOMER_MANAGED_KEY, HAS_BOUNDARY, ParameterRefs
from generators.policies import allow, document, trust

BUS = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"


def role(parameters: ParameterRefs, *, undelivered: sqs.Queue, key: kms.Key) -> iam.Role:
    """Return the role of the pipes, which only they may take (confused deputy).

    Source: Amazon EventBridge User Guide, "Cross-service confused deputy prevention in Amazon
    EventBridge", about pipes.
    """
    statements = (find_stream(), send_events(), report_undelivered(undelivered))
    use_key = iam.Policy(
        PolicyName="UseKey", PolicyDocument=document(decrypt_through_services(key, "dynamodb"))
    )
    return iam.Role(
        "CompletionEventPipeRole",
        Metadata=explained(
            "Role of the pipes: reads the ledgers' streams and sends events.",
            mutable=REVIEWED,
            must=["Keep the boundary: the deploy role may not create or change roles without it."],
            mutability={"AssumeRolePolicyDocument": CONSTRAINED},
        ),
        AssumeRolePolicyDocument=trust(
            Principal("Service", "pipes.amazonaws.com"),
            ArnLike({"aws:SourceArn": naming.pipe_arns(parameters.environment_suffix)}),
            StringEquals({"aws:SourceAccount": AccountId}),
        ),
        PermissionsBoundary=If(HAS_BOUNDARY, Ref(parameters.permissions_boundary_arn), NoValue),
        Policies=[
            iam.Policy(PolicyName="SendEvents", PolicyDocument=document(*statements)),
            If(CUSTOMER_MANAGED_KEY, use_key, NoValue),
        ],
    )


def read_stream(role: iam.Role, ledger: LedgerRefs) -> None:
    """Let the role read what is entered into one more ledger.

    Source: Amazon EventBridge User Guide, "Event source permissions for Amazon EventBridge Pipes",
    for this and the following.
    """
    statement = allow(
        "ReadStreams",
        [dynamodb.DescribeStream, dynamodb.GetRecords, dynamodb.GetShardIterator],
        [ledger.table.get_att("StreamArn")],
    )
    statements = role.Policies[0].PolicyDocument.Statement
    if statements[0].Sid == statement.Sid:
        statements[0].Resource += statement.Resource
    else:
        statements.insert(0, statement)


def find_stream() -> Statement:
    """List streams, which cannot be limited (Service Authorization Reference)."""
    return allow("FindStream", [dynamodb.ListStreams], ["*"])


def send_events() -> Statement:
    """Send to the default bus."""
    return allow("SendEvents", [events.PutEvents], [Sub(BUS)])


def report_undelivered(queue: sqs.Queue) -> Statement:
    """Report what could not be sent."""
    return allow("ReportUndelivered", [sqs_actions.SendMessage], [queue.get_att("Arn")])
