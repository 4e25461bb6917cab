"""Change sets: who makes and who executes them."""

from awacs import cloudformation
from awacs.aws import Null, Statement
from troposphere import Sub

from generators.policies import allow

# What is imported is within reach of the role that deploys, as if the stack had made it: it may be
# anybody's. Source: AWS CloudFormation User Guide, "Example IAM identity-based policies".
NO_IMPORT = Null({"cloudformation:ImportResourceTypes": "true"})


def prepare_change_set(stack_arn: Sub) -> Statement:
    """Make a change set of one stack, in place of one of the same name."""
    actions = [
        cloudformation.CreateChangeSet,
        cloudformation.DeleteChangeSet,
        cloudformation.DescribeChangeSet,
        cloudformation.DescribeStacks,
    ]
    return allow("PrepareChangeSet", actions, [stack_arn], NO_IMPORT)


def execute_change_set(stack_arn: Sub) -> Statement:
    """Execute a change set, follow it, and tell the first error.

    Source of ``DescribeStackEvents``: CodePipeline User Guide, "AWS CloudFormation deploy
    action reference"; without it, the message would say only that the stack failed.
    """
    actions = [
        cloudformation.DescribeChangeSet,
        cloudformation.DescribeStackEvents,
        cloudformation.DescribeStacks,
        cloudformation.ExecuteChangeSet,
    ]
    return allow("ExecuteChangeSet", actions, [stack_arn])
