"""Change sets, and the alarms that are watched afterwards."""

from awacs import cloudformation, cloudwatch
from awacs.aws import Allow, Statement
from troposphere import Sub


def prepare_change_set(stack_arn: Sub) -> Statement:
    """Make a change set of one stack, in place of one of the same name.

    The stack policy comes with the environment's file (CloudFormation User Guide,
    "CodePipeline artifacts", template configuration file).
    """
    return Statement(
        Sid="PrepareChangeSet",
        Effect=Allow,
        Action=[
            cloudformation.CreateChangeSet,
            cloudformation.DeleteChangeSet,
            cloudformation.DescribeChangeSet,
            cloudformation.DescribeStacks,
            cloudformation.SetStackPolicy,
        ],
        Resource=[stack_arn],
    )


def execute_change_set(stack_arn: Sub) -> Statement:
    """Execute a change set, follow it, and tell the first error.

    Source of ``DescribeStackEvents``: CodePipeline User Guide, "AWS CloudFormation deploy
    action reference"; without it, the message would say only that the stack failed.
    """
    return Statement(
        Sid="ExecuteChangeSet",
        Effect=Allow,
        Action=[
            cloudformation.DescribeChangeSet,
            cloudformation.DescribeStackEvents,
            cloudformation.DescribeStacks,
            cloudformation.ExecuteChangeSet,
        ],
        Resource=[stack_arn],
    )


def watch_alarms(alarm_arns: list[Sub]) -> Statement:
    """Ask for the state of some alarms."""
    return Statement(
        Sid="WatchAlarms",
        Effect=Allow,
        Action=[cloudwatch.DescribeAlarms],
        Resource=alarm_arns,
    )
