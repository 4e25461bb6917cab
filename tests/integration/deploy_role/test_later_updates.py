"""A stack keeps the role that it was deployed with, so that role has to do every later update."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from serverlessapp.releases.archive import RELEASES, Release, releases, template_name
from serverlessapp.template.reading import load

from . import stage
from .roles import APPLICATION
from .stage import PACKAGE, Stage, Template

PARAMETERS: Mapping[str, Any] = load(render(build(Retention.RETAINED)))["Parameters"]
# The role is for one environment, and makes no role outside its boundary: test_attacks.py.
PERMANENT = {"EnvironmentSuffix", "PermissionsBoundaryArn"}
# What the constraints of a parameter do not tell: other values, by the first of the parameters.
OTHERS: Mapping[str, Mapping[str, str]] = {
    "UploadPrefix": {"UploadPrefix": "incoming/"},
    "AlarmEmail": {"AlarmEmail": "night@example.com"},
    "CodeBucket": PACKAGE,
    "CodeKey": PACKAGE,  # only both together
    "Processor": {"Processor": "other:make", **PACKAGE},  # only of a package
    "VpcSubnetIds": {"VpcSubnetIds": "subnet-1a1b2c3d4e5f60718"},
    "VpcSecurityGroupIds": {"VpcSecurityGroupIds": "sg-1a1b2c3d4e5f60718"},
    "LedgerWarmThroughput": {"LedgerWarmThroughput": "8000"},
    "MinimumPollers": {"MinimumPollers": "2"},
    "MaximumPollers": {"MaximumPollers": "20"},
}
# Of all resources, or not beside others.
ALONE = {"Encryption", "MinimumPollers", "MaximumPollers"}

deploying = pytest.mark.parametrize("role", ["deploy"], indirect=True)


def changed(name: str) -> Mapping[str, str]:
    """Return other values, so that one parameter is not as it was."""
    parameter = PARAMETERS[name]
    before = APPLICATION.get(name, parameter["Default"])
    if "AllowedValues" in parameter:
        return {name: next(value for value in parameter["AllowedValues"] if value != before)}
    if "MinValue" in parameter:
        return {name: str(int(before) + 1)}
    return OTHERS[name]


@deploying
@pytest.mark.parametrize("alone", [True, False])
def test_every_parameter_is_changed_and_changed_back(home: Stage, alone: bool) -> None:
    """All that go together at once, which calls as much."""
    home.ensure(exists=True)
    names = ALONE if alone else {*PARAMETERS} - PERMANENT - ALONE
    others = [changed(name) for name in sorted(names)]
    home.deploy(home.template, **dict(ChainMap(*map(dict, others))))
    home.deploy()


@deploying
def test_nobody_is_told_of_alarms_any_more(home: Stage) -> None:
    home.ensure(exists=True)
    home.deploy(AlarmEmail="")
    home.deploy()


@deploying
@pytest.mark.parametrize("encryption", PARAMETERS["Encryption"]["AllowedValues"])
@pytest.mark.parametrize("release", releases(RELEASES), ids=lambda release: str(release.version))
def test_a_release_is_updated_and_gone_back_to(
    home: Stage, release: Release, encryption: str
) -> None:
    """As docs/versions.md says; the role is the present one, which a person updates first."""
    contents = {template_name(file): data for file, data in release.templates().items()}
    old = load(contents[Retention.RETAINED.value].decode())
    home.ensure(exists=False)
    given = {**home.parameters, "Encryption": encryption}
    # Releases before lanes have no package for others, and a bucket alone is none.
    known = {name: given[name] for name in given.keys() & old["Parameters"].keys() - PACKAGE.keys()}
    home.change(old, known)
    home.deploy(Encryption=encryption)
    home.change(old, known)
    home.delete()


@deploying
def test_the_role_stays_with_the_stack(home: Stage, policies: Mapping[str, Template]) -> None:
    """Also when an update names none, and whoever updates could do more."""
    home.ensure(exists=True)
    memory = {**home.parameters, "FunctionMemory": "512"}
    action = "lambda:UpdateFunctionConfiguration"
    with stage.denied(home.session, policies, action):
        words = stage.refusal(lambda: home.change(home.template, memory))
    assert f"not authorized to perform: {action} on" in words
    home.ensure(exists=True)
