"""An account on AWS: shown first, and used only when somebody agrees."""

import os
from collections.abc import Sequence
from functools import partial
from typing import Any

import boto3

from serverlessapp.errors import OperatorError
from serverlessapp.report import Report, count
from tests.acceptance import costs
from tests.acceptance.account import Account
from tests.acceptance.tests import Test

SESSION = "taskcat"
SESSION_SECONDS = 3600  # the longest of a role that takes another role (IAM User Guide)
GONE_SECONDS = 120.0  # a deleted queue answers for up to a minute
HOME = "us-east-1"
POLL = "ACCEPTANCE_POLL_SECONDS"  # see the plugin "offline"
# How other processes reach AWS from here, and how often they ask it.
NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", POLL)


def account(profile: str | None, role_arn: str | None) -> Account:
    """Return the account that the credentials belong to, in the role if there is one.

    Args:
        profile: Of the AWS configuration; by default, what boto3 finds.
        role_arn: The role of templates/taskcat-role.yaml, or another.

    Raises:
        OperatorError: There are no credentials.
        ClientError: The role may not be taken.
    """
    session = boto3.Session(profile_name=profile, region_name=HOME)
    if role_arn:
        taken = session.client("sts").assume_role(
            RoleArn=role_arn, RoleSessionName=SESSION, DurationSeconds=SESSION_SECONDS
        )["Credentials"]
        keys = (taken["AccessKeyId"], taken["SecretAccessKey"], taken["SessionToken"])
    else:
        found = session.get_credentials()
        if found is None:
            raise OperatorError("there are no AWS credentials; name a --profile")
        frozen = found.get_frozen_credentials()
        keys = (frozen.access_key, frozen.secret_key, frozen.token or "")
    network = {name: os.environ[name] for name in NETWORK if name in os.environ}
    return Account(
        session=partial(
            session_in,
            aws_access_key_id=keys[0],
            aws_secret_access_key=keys[1],
            aws_session_token=keys[2] or None,
        ),
        variables=network
        | {
            "AWS_ACCESS_KEY_ID": keys[0],
            "AWS_SECRET_ACCESS_KEY": keys[1],
            "AWS_DEFAULT_REGION": HOME,
        }
        | ({"AWS_SESSION_TOKEN": keys[2]} if keys[2] else {}),
        seconds=GONE_SECONDS,
    )


def session_in(region: str, **credentials: Any) -> boto3.Session:
    """Return a session in a Region."""
    return boto3.Session(region_name=region, **credentials)


def agreed(report: Report, account: Account, planned: Sequence[Test]) -> int:
    """Show what is about to happen where, and ask.

    Returns:
        0 to go on, else the exit code.

    Raises:
        ClientError: The credentials are not valid.
    """
    who = account.client("sts", HOME).get_caller_identity()
    made = costs.resources(planned)
    stacks = sum(len(test.regions) for test in planned)
    regions = sorted({region for test in planned for region in test.regions})
    report.say(f"account    {who['Account']}")
    report.say(f"as         {who['Arn']}")
    report.say(f"endpoint   {os.environ.get('AWS_ENDPOINT_URL', 'AWS')}")
    report.say(f"Regions    {', '.join(regions)}")
    names = ", ".join(test.name for test in planned)
    report.say(f"tests      {names}: {count(stacks, 'stack')} named tCaT-*, deleted afterwards")
    kinds = sorted(made.items(), key=lambda item: -item[1])
    report.say(f"resources  {', '.join(f'{number} {kind}' for kind, number in kinds)}")
    report.say(f"cost       about ${costs.estimate(made):.2f} ({costs.PRICES.name} has the prices)")
    return report.refusal(f"Make {count(stacks, 'stack')} in account {who['Account']}?")
