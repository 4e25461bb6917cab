"""Within one account, what is for one environment is for no other, nor for tests."""

import json
import re
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from generators.globs import glob, meet
from pipeline import deploy_role, taskcat_role
from pipeline.derivation.corrections import BEFORE_TAGS

from .derived import DEPLOY, EPHEMERAL, TASKCAT, DerivedRole

ROLES = {"prod": DEPLOY, "dev": EPHEMERAL, "tcat": TASKCAT}
BOUNDARIES = {
    "prod": deploy_role.BOUNDARY,
    "dev": deploy_role.BOUNDARY,
    "tcat": taskcat_role.BOUNDARY,
}
# What these say is about one environment, whatever the name.
TELLING = ("ResourceTag/Environment", "RequestTag/Environment", "lambda:FunctionArn")
# Through a service, a key is worth what it encrypts there. A dashboard shows, and holds nothing.
# A team's own bucket of code is for all that are given its name. An account has one default bus,
# and each entry in an event is signed. Lambda, and no code, makes the network interfaces.
SHARED = re.compile(r":key/\*$|:dashboard/Dashboard-\*$|:s3:::\$\{CodeBucket}|:event-bus/default$")
BY_LAMBDA_ALONE = {"Null": {"lambda:SourceFunctionArn": "true"}}


def statements(name: str, *, limit: bool) -> list[dict[str, Any]]:
    role: DerivedRole = ROLES[name]
    if not limit:
        return role.statements
    boundary = role.resources[BOUNDARIES[name]]["Properties"]["PolicyDocument"]
    return list(boundary["Statement"])


def reached(name: str, *, limit: bool) -> Iterator[tuple[str, str]]:
    """Yield each action with each resource that only a name limits to the environment."""
    for statement in statements(name, limit=limit):
        if any(key in json.dumps(statement.get("Condition", {})) for key in TELLING):
            continue
        if statement.get("Condition") == BY_LAMBDA_ALONE:
            continue
        for action in set(statement["Action"]) - set(BEFORE_TAGS):
            for resource in statement["Resource"]:
                pattern = resource["Fn::Sub"] if isinstance(resource, dict) else resource
                if pattern != "*" and not SHARED.search(pattern):
                    own = pattern.replace("${EnvironmentSuffix}", name)
                    # AWS ends a "*" for the Region at the colon (see ``generators.globs``).
                    yield action, re.sub(r"\$\{AWS::\w+}", "", own).split(":", 5)[5]


@pytest.mark.parametrize("limit", [True, False], ids=["boundary", "CloudFormation's role"])
@pytest.mark.parametrize(("name", "other"), [*combinations(ROLES, 2)])
def test_nothing_is_in_reach_of_two_environments(name: str, other: str, limit: bool) -> None:
    theirs = list(reached(other, limit=limit))
    both = {
        (action, pattern)
        for action, pattern in reached(name, limit=limit)
        for another, their in theirs
        if action == another and meet(glob(pattern), glob(their))
    }
    assert not both


def test_only_the_tags_of_an_environment_open_its_secret() -> None:
    for name in ROLES:
        (reading,) = (
            each
            for each in statements(name, limit=True)
            if "secretsmanager:GetSecretValue" in each["Action"]
        )
        keys = {key for values in reading["Condition"].values() for key in values}
        assert keys == {"aws:ResourceTag/Environment", "aws:ResourceTag/Project"}
