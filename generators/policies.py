"""What several policies share."""

from collections.abc import Sequence
from typing import Any

from awacs import sts
from awacs.aws import (
    Action,
    Allow,
    Bool,
    Condition,
    ConditionElement,
    Deny,
    PolicyDocument,
    Principal,
    Statement,
)
from troposphere import AWSHelperFn

POLICY_VERSION = "2012-10-17"


def document(*statements: Statement) -> PolicyDocument:
    """Return a policy document; awacs sets no version by itself."""
    return PolicyDocument(Version=POLICY_VERSION, Statement=list(statements))


def allow(
    sid: str,
    actions: Sequence[Action],
    resources: Sequence[Any],
    *conditions: ConditionElement,
    principal: Principal | None = None,
) -> Statement:
    """Allow actions on resources, under conditions of different operators if there are any.

    The policy of a resource names a ``principal``, too.
    """
    who = {"Principal": principal} if principal else {}
    statement = Statement(Sid=sid, Effect=Allow, **who, Action=[*actions], Resource=[*resources])
    if conditions:
        statement.Condition = Condition([*conditions])
    return statement


def trust(
    principal: Principal, *conditions: ConditionElement, action: Action = sts.AssumeRole
) -> PolicyDocument:
    """Let somebody assume the role that has this document."""
    statement = Statement(Effect=Allow, Principal=principal, Action=[action])
    if conditions:
        statement.Condition = Condition([*conditions])
    return document(statement)


def deny_insecure_transport(action: Action, *resources: AWSHelperFn | str) -> Statement:
    """Refuse everybody who does not use TLS.

    For the services that also answer plain HTTP: S3, SQS, SNS and DynamoDB. The others that the
    stack uses have HTTPS endpoints only (AWS General Reference, "Service endpoints and quotas").

    Source: AWS Foundational Security Best Practices, control S3.5 and its like.
    """
    return Statement(
        Sid="DenyInsecureTransport",
        Effect=Deny,
        Principal=Principal("*"),
        Action=[action],
        Resource=list(resources),
        Condition=Condition([Bool({"aws:SecureTransport": "false"})]),
    )
