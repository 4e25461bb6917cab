"""Who may act as whom, and with which connection."""

from collections.abc import Iterable
from typing import Any

from awacs import codeconnections, codestar_connections, iam, sts
from awacs.aws import Statement, StringEquals, StringEqualsIfExists
from troposphere import Parameter, Ref

from generators.policies import allow


def use_connection(connection: Parameter, repository: Parameter) -> Statement:
    """Fetch one repository through one connection.

    A connection's ARN has the service's old or new name, and so has the action
    (Developer Tools console User Guide, "AWS CodeConnections rename").
    """
    services = ("codeconnections", "codestar-connections")
    return allow(
        "UseConnection",
        [codeconnections.UseConnection, codestar_connections.UseConnection],
        [Ref(connection)],
        StringEqualsIfExists({f"{name}:FullRepositoryId": Ref(repository) for name in services}),
    )


def assume_roles(arns: Iterable[Any]) -> Statement:
    """Act in roles that were made for the purpose."""
    return allow("AssumeRoles", [sts.AssumeRole], [*arns])


TO_CLOUDFORMATION = StringEquals({"iam:PassedToService": "cloudformation.amazonaws.com"})


def pass_to_cloudformation(sid: str, role_arn: Any) -> Statement:
    """Hand CloudFormation the one role it works with, and hand it to nobody else."""
    return allow(sid, [iam.PassRole], [role_arn], TO_CLOUDFORMATION)
