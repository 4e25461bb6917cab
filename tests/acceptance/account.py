"""The account that stacks are made in, on AWS or an emulator, as somebody who may do just that."""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

import boto3
from botocore.config import Config

from generators.render import render
from local import stacks
from local.emulator import Emulator, EmulatorSession
from local.enforcement.principals import administrator
from pipeline import names, taskcat_role
from serverlessapp.errors import OperatorError

HOME = "us-east-1"  # where taskcat asks first
ROLE_STACK = names.TASKCAT_ROLE  # as the role, so both are known by one name
# Deleting many things at once is throttled on AWS.
CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 8})
# See the plugin "offline".
POLL = "ACCEPTANCE_POLL_SECONDS"
# Nothing of an emulator's takes a while.
AT_ONCE = {POLL: "0.5", "ACCEPTANCE_EVENTBRIDGE_SECONDS": "0"}
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
# How other processes reach AWS from here, and how often they ask it.
NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL", *AT_ONCE)


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account and who we are in it."""

    # Variables that make another process act as the same.
    environment: Mapping[str, str] = field(repr=False)
    seconds: float  # how long AWS may take to show that something is gone
    platform: str  # what packages of code are made for; see ``serverlessapp.package``
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @cached_property
    def _session(self) -> Any:
        """One for all Regions: each session reads the descriptions of the services anew."""
        key, secret, token = map(self.environment.get, KEYS)
        return boto3.Session(
            aws_access_key_id=key, aws_secret_access_key=secret, aws_session_token=token
        )

    @cached_property
    def number(self) -> str:
        """Its 12 digits."""
        return str(self.client("sts", HOME).get_caller_identity()["Account"])

    def client(self, service: str, region: str) -> Any:
        """Return the client of a service in a Region; any thread may use it."""
        with self._lock:  # a session makes one client at a time
            if (service, region) not in self._clients:
                endpoint = self.environment.get("AWS_ENDPOINT_URL")
                self._clients[service, region] = self._session.client(
                    service, region_name=region, endpoint_url=endpoint, config=CONFIG
                )
            return self._clients[service, region]


@contextmanager
def on_aws(profile: str | None, role_arn: str | None) -> Iterator[Account]:
    """Yield the account of a profile, or of the credentials that boto3 finds; maybe in a role.

    Raises:
        OperatorError: There are no credentials.
        ClientError: The role may not be taken.
    """
    session = boto3.Session(profile_name=profile, region_name=HOME)
    if role_arn:
        # For an hour: who acts in a role gets no other for longer (IAM User Guide).
        taken = session.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="taskcat")
        keys = itemgetter("AccessKeyId", "SecretAccessKey", "SessionToken")(taken["Credentials"])
    elif own := session.get_credentials():
        keys = own.get_frozen_credentials()[:3]
    else:
        raise OperatorError("there are no AWS credentials; name a --profile")
    environment = {name: key for name, key in zip(KEYS, keys) if key}
    environment |= {name: os.environ[name] for name in NETWORK if name in os.environ}
    # A deleted queue answers for up to a minute.
    environment |= {"AWS_DEFAULT_REGION": HOME}
    yield Account(environment=environment, seconds=120.0, platform="lambda")


@contextmanager
def on_emulator() -> Iterator[Account]:
    """Yield an empty account, whatever AWS settings this process has: it forgets them.

    Raises:
        EmulatorError: The emulator does not start.
        StackError: The role's stack cannot be made.
    """
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    with Emulator(enforce_iam=True) as emulator:
        yield in_role(emulator)


def in_role(emulator: Emulator) -> Account:
    """Return the emulator's account, in the role that an administrator made there."""
    user = administrator(emulator.session(HOME))
    role_arn = make_role(user, TesterArn=user.client("sts").get_caller_identity()["Arn"])
    tester = user.assuming(role_arn, "taskcat")
    environment = tester.environment | AT_ONCE
    return Account(environment=environment, seconds=5.0, platform="host")


def make_role(user: EmulatorSession, **parameters: str) -> str:
    outputs = stacks.deploy(
        user.client("cloudformation"),
        stack=ROLE_STACK,
        template=render(taskcat_role.build()).decode(),
        capabilities=["CAPABILITY_NAMED_IAM"],
        parameters=parameters,
    )
    return outputs["TaskcatRoleArn"]
