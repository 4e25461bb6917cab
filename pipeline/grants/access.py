"""Who may act as whom, and with which connection."""

from collections.abc import Iterable
from typing import Any

from awacs import codeconnections, codestar_connections, iam, sts
from awacs.aws import Statement, StringEquals, StringEqualsIfExists
from troposphere import Parameter, Ref

from generators.policies import allow

CONNECTIONS = ("codeconnections", "codestar-connections")


def use_connection(connection: Parameter, repository: Parameter) -> Statement:
    """Fetch one repository through one connection.

    A connection's ARN has the service's old or new name, and so has the action
    (Developer Tools console User Guide, "AWS CodeConnections rename").
    """
    return allow(
        "UseConnection",
        [codeconnections.UseConnection, codestar_connections.UseConnection],
        [Ref(connection)],
        of_repository(repository),
    )


def of_repository(repository: Parameter) -> StringEqualsIfExists:
    """Return the condition that a connection is used for one repository, if for any.

    Source: Developer Tools console User Guide, "AWS CodeConnections permissions reference".
    """
    return StringEqualsIfExists(
        {f"{name}:FullRepositoryId": Ref(repository) for name in CONNECTIONS}
    )


def assume_roles(arns: Iterable[Any]) -> Statement:
    """Act in roles that were made for the purpose."""
    return allow("AssumeRoles", [sts.AssumeRole], [*arns])


TO_CLOUDFORMATION = StringEquals({"iam:PassedToService": "cloudformation.amazonaws.com"})


def pass_to_cloudformation(sid: str, role_arn: Any) -> Statement:
    """Hand CloudFormation the one role it works with, and hand it to nobody else."""
    return allow(sid, [iam.PassRole], [role_arn], TO_CLOUDFORMATION)
