"""What the functions' roles may do for options: in a VPC, and traced. One policy for all lanes."""

from dataclasses import dataclass

from awacs import ec2, xray
from awacs.aws import Null, Statement
from troposphere import Ref, Select, Sub, Template, iam

from generators.context import REVIEWED, explained
from generators.options import IN_VPC, IS_TRACED
from generators.policies import allow, document

TITLES = ("NetworkPolicy", "TracingPolicy")


@dataclass(frozen=True, kw_only=True)
class FunctionOptionRefs:
    """The policies, each of which is there with its option."""

    network: iam.PolicyType
    tracing: iam.PolicyType

    def attach(self, role: iam.Role) -> None:
        for policy in (self.network, self.tracing):
            policy.Roles.append(role.ref())


def add_to(template: Template) -> FunctionOptionRefs:
    """Add the policies, which nobody has yet.

    Apart from the roles, so that CloudFormation takes them away when the functions have changed.
    """
    network, tracing = TITLES
    return FunctionOptionRefs(
        network=policy(
            template,
            network,
            IN_VPC,
            "In a VPC, Lambda creates network interfaces with the function's role; their IDs are "
            "not known in advance. The function's code must not be able to do the same.",
            make_interfaces(),
            see_interfaces(),
        ),
        tracing=policy(
            template,
            tracing,
            IS_TRACED,
            "Lambda writes traces with the function's role.",
            send_traces(),
        ),
    )


def policy(
    template: Template, title: str, condition: str, why: str, *statements: Statement
) -> iam.PolicyType:
    return template.add_resource(
        iam.PolicyType(
            title,
            Metadata=explained(why, mutable=REVIEWED),
            Condition=condition,
            PolicyName=title,
            Roles=[],
            PolicyDocument=document(*statements),
        )
    )


def after(needed: iam.PolicyType, value: object) -> Select:
    """Return a value of a property for which a policy has to be there first.

    Lambda refuses a VPC, or tracing, while the role may not use it. ``DependsOn`` cannot name what
    is there under a condition alone; the second item of the list only makes CloudFormation wait.
    """
    return Select(0, [value, Ref(needed)])


# For Lambda, and not for code, whose requests all say which function they are from (AWS
# Lambda Developer Guide, "Using source function ARN to control function access behavior").
NOT_BY_CODE = Null({"lambda:SourceFunctionArn": "true"})


def make_interfaces() -> Statement:
    """Connect the function with a VPC; on all of the account, since nobody knows which before.

    Source: AWS Managed Policy Reference Guide, "AWSLambdaENIManagementAccess"; AWS Lambda Developer
    Guide, "Giving Lambda functions access to resources in an Amazon VPC", for the resource.
    """
    return allow(
        "MakeInterfaces",
        [
            ec2.AssignPrivateIpAddresses,
            ec2.CreateNetworkInterface,
            ec2.DeleteNetworkInterface,
            ec2.UnassignPrivateIpAddresses,
        ],
        [Sub("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:*/*")],
        NOT_BY_CODE,
    )


def see_interfaces() -> Statement:
    """See them and their subnets, which cannot be limited.

    Source: AWS Managed Policy Reference Guide, "AWSLambdaVPCAccessExecutionRole", version 3: the
    minimum, which has the subnets, unlike the policy of ``make_interfaces``.
    """
    actions = [ec2.DescribeNetworkInterfaces, ec2.DescribeSubnets]
    return allow("SeeInterfaces", actions, ["*"], NOT_BY_CODE)


def send_traces() -> Statement:
    """Send traces, which cannot be limited.

    Source: AWS Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray".
    """
    return allow("SendTraces", [xray.PutTelemetryRecords, xray.PutTraceSegments], ["*"])
