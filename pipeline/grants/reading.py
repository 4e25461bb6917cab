"""What roles of environments in other accounts may read: statements of resources' own policies."""

from collections.abc import Iterable, Sequence
from typing import Any

from awacs.aws import Action, ArnLike, AWSPrincipal, Statement
from troposphere import Sub

from generators.policies import allow
from pipeline import names
from pipeline.places import role

# For who lets them in: what a rule of ours says of it, and why it stays.
NAMED = {"W9307": "the accounts of delivery.toml, from which this template was generated"}


def by_environments(
    sid: str,
    accounts: Iterable[str],
    purposes: Iterable[str],
    actions: Sequence[Action],
    resources: Sequence[Any],
) -> Statement:
    """Let the roles for some purposes in, of any environment in these accounts.

    Not by their ARNs as principals: a policy that names a role which is not there yet is refused
    (IAM User Guide, "AWS JSON policy elements: Principal"). A new environment of a known account
    changes nothing.
    """
    roles = [role("*", names.role(purpose, "*")) for purpose in purposes]
    return allow(
        sid,
        actions,
        resources,
        ArnLike({"aws:PrincipalArn": roles}),
        principal=AWSPrincipal(
            [Sub(f"arn:${{AWS::Partition}}:iam::{account}:root") for account in accounts]
        ),
    )
