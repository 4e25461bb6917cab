"""Accounts, Regions and roles of ``delivery.toml``, as the pipeline's template writes them."""

from collections.abc import Iterable

from troposphere import Sub

from pipeline import names
from pipeline.delivery import OWN, Delivery, Environment

OWN_ACCOUNT = "${AWS::AccountId}"
ARN = "arn:${{AWS::Partition}}:iam::{account}:role/{name}"


def account(delivery: Delivery, named: str) -> str:
    """Return an account for ``Sub``; the pipeline's own is the same whether it is named or not."""
    return OWN_ACCOUNT if named in (OWN, delivery.account) else named


def environment_accounts(delivery: Delivery) -> list[str]:
    """Return the accounts that have an environment, for ``Sub``."""
    return sorted({account(delivery, each.account) for each in delivery.environments})


def other_accounts(delivery: Delivery) -> list[str]:
    """Return those of them that are not the pipeline's own."""
    return [each for each in environment_accounts(delivery) if each != OWN_ACCOUNT]


def elsewhere(delivery: Delivery, region: str) -> str:
    """Return a Region, or ``OWN`` if it is the pipeline's."""
    return OWN if region == delivery.region else region


def role_arn(delivery: Delivery, environment: Environment, purpose: str) -> Sub:
    return role(account(delivery, environment.account), names.role(purpose, environment.name))


def role_arns(delivery: Delivery, purposes: Iterable[str]) -> list[Sub]:
    """Return the ARNs of the roles for some purposes in all environments."""
    return [role_arn(delivery, each, name) for each in delivery.environments for name in purposes]


def role(account: str, name: str) -> Sub:
    return Sub(ARN.format(account=account, name=name))


def taskcat_role(delivery: Delivery) -> str:
    """Return the ARN of the role for taskcat, for ``Sub``."""
    return ARN.format(account=account(delivery, delivery.taskcat_account), name=names.TASKCAT_ROLE)


def update_role() -> Sub:
    return role(OWN_ACCOUNT, names.UPDATE_ROLE.format(pipeline="${AWS::StackName}"))


def bucket(pattern: str, region: str, *, pipeline: str = "${AWS::StackName}") -> str:
    """Return the name of a bucket in the pipeline's account, for ``Sub``."""
    return pattern.format(pipeline=pipeline, account=OWN_ACCOUNT, region=region or "${AWS::Region}")
