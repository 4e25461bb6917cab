"""An environment's Regions, as the role in its account that the pipeline takes for a purpose."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials

from pipeline import names
from pipeline.delivery import Environment

CONFIG = Config(connect_timeout=5, retries={"mode": "standard", "total_max_attempts": 5})


@dataclass(frozen=True, kw_only=True)
class StackPlace:
    """Where one stack of an environment is, and its clients by the name of a service."""

    region: str
    stack: str
    client: Callable[[str], Any] = field(repr=False)


def home() -> boto3.Session:
    """Return the build's own session, in the pipeline's account and Region."""
    return boto3.Session(botocore_session=botocore.session.get_session())


def places(environment: Environment, purpose: str) -> list[StackPlace]:
    """Return the environment's stacks, in the order of deployment.

    Raises:
        BotoCoreError: There are no credentials, or no Region.
        ClientError: AWS does not say who they belong to. That the role may not be taken is said by
            the first call.
    """
    own = home()
    identity = own.client("sts", config=CONFIG).get_caller_identity()
    partition = identity["Arn"].split(":")[1]
    account = environment.account or identity["Account"]
    role = f"arn:{partition}:iam::{account}:role/{names.role(purpose, environment.name)}"
    session = assume(role, f"{purpose}-{environment.name}")
    stack = names.stack(environment.name)
    return [
        StackPlace(
            region=name,
            stack=stack,
            client=partial(session.client, region_name=name, config=CONFIG),
        )
        for name in (region or str(own.region_name) for region in environment.regions)
    ]


def assume(role_arn: str, name: str) -> boto3.Session:
    """Return a session of a role, which takes it anew before an hour is over.

    A role that was taken by a role lasts an hour at most (IAM User Guide, "Methods to assume a
    role", role chaining).
    """
    source, acting = botocore.session.get_session(), botocore.session.get_session()
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=source.create_client,
        source_credentials=source.get_credentials(),
        role_arn=role_arn,
        extra_args={"RoleSessionName": name},
    )
    # botocore has no other way to give a session credentials that refresh themselves.
    acting._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]
        fetcher.fetch_credentials, method="assume-role"
    )
    return boto3.Session(botocore_session=acting)
