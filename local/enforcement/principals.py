"""Users of the emulator's account, to act as anybody but its root."""

import json
from collections.abc import Mapping
from typing import Any

from local.emulator import Credentials, EmulatorSession

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def user(root: EmulatorSession, name: str, *statements: Mapping[str, Any]) -> EmulatorSession:
    """Make a user with these policy statements and return its session."""
    iam = root.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(*statements))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return root.acting_as(
        Credentials(access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"])
    )


def administrator(root: EmulatorSession, name: str = "administrator") -> EmulatorSession:
    """Make the user who tests: may do everything, but unlike root is checked each time.

    A policy that denies, as those against plain HTTP do, holds for it.
    """
    return user(root, name, EVERYTHING)


def policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
