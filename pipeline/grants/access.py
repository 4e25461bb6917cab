"""Who may act as whom, and with which connection."""

from collections.abc import Iterable
from typing import Any

from awacs import codeconnections, codestar_connections, iam, sts
from awacs.aws import Allow, Condition, Statement, StringEquals, StringEqualsIfExists
from troposphere import Parameter, Ref
from troposphere import iam as iam_resources

from pipeline import roles


def use_connection(connection: Parameter, repository: Parameter) -> Statement:
    """Fetch one repository through one connection.

    A connection's ARN has the service's old or new name, and so has the action
    (Developer Tools console User Guide, "AWS CodeConnections rename").
    """
    return Statement(
        Sid="UseConnection",
        Effect=Allow,
        Action=[codeconnections.UseConnection, codestar_connections.UseConnection],
        Resource=[Ref(connection)],
        Condition=Condition(
            [
                StringEqualsIfExists(
                    {
                        "codeconnections:FullRepositoryId": Ref(repository),
                        "codestar-connections:FullRepositoryId": Ref(repository),
                    }
                )
            ]
        ),
    )


def assume_roles(assumed: Iterable[iam_resources.Role]) -> Statement:
    """Act in the role of each action."""
    return Statement(
        Sid="ActInTheRolesOfActions",
        Effect=Allow,
        Action=[sts.AssumeRole],
        Resource=roles.arns(assumed),
    )


def assume_role(arn: Any) -> Statement:
    """Act in a role that was made for the purpose."""
    return Statement(Sid="AssumeRole", Effect=Allow, Action=[sts.AssumeRole], Resource=[arn])


def pass_to_cloudformation(role_arn: Parameter) -> Statement:
    """Hand CloudFormation the one role it works with, and hand it to nobody else."""
    return Statement(
        Sid="PassRole",
        Effect=Allow,
        Action=[iam.PassRole],
        Resource=[Ref(role_arn)],
        Condition=Condition(
            [StringEquals({"iam:PassedToService": "cloudformation.amazonaws.com"})]
        ),
    )
