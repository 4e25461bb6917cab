"""An enforcing emulator with the deploy role in it, and what each phase of a stack's life uses."""

from collections.abc import Callable, Iterator, Mapping

import pytest

from generators import application
from generators.render import render
from generators.retention import Retention
from local import stacks
from local.emulator import Emulator
from local.enforcement.decisions import Decision
from local.enforcement.principals import administrator
from pipeline import deploy_role
from serverlessapp.template.reading import load

from . import stage
from .stage import Stage, Template

ROLE_STACK = "deploy-role"
Used = dict[str, list[Decision]]


def phases(home: Stage) -> Mapping[str, Callable[[], None]]:
    """Return what can happen to a stack, in an order in which it can happen."""
    return {
        "create": home.deploy,
        "update": lambda: home.deploy(stage.changed(home.template)),
        "package": lambda: home.deploy(home.template, **stage.PACKAGE),
        "update rollback": lambda: home.deploy(stage.failing(home.template)),
        "delete": home.delete,
        "rollback": lambda: home.deploy(stage.failing(home.template)),
    }


@pytest.fixture(scope="package")
def emulator() -> Iterator[Emulator]:
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="package")
def home(emulator: Emulator) -> Stage:
    """Launch the role's stack, and return a stage without a stack."""
    session = administrator(emulator.session())
    cloudformation = session.client("cloudformation")
    outputs = stacks.deploy(
        cloudformation,
        stack=ROLE_STACK,
        template=render(deploy_role.build()).decode(),
        parameters={
            "EnvironmentSuffix": stage.ENVIRONMENT,
            "Encryption": "CustomerManaged",
            "CodeBucket": stage.CODE_BUCKET,
        },
    )
    template = load(render(application.build(Retention.RETAINED)))
    stage.package(session, template)
    return Stage(session, template, outputs["DeployRoleArn"], outputs["PermissionsBoundaryArn"])


@pytest.fixture(scope="package")
def policies(home: Stage) -> dict[str, Template]:
    """Return the content of the role's policies by ARN."""
    attached = home.session.client("iam").list_attached_role_policies(RoleName=home.role_name)[
        "AttachedPolicies"
    ]
    return {
        found["PolicyArn"]: stage.document(home.session, found["PolicyArn"]) for found in attached
    }


@pytest.fixture(scope="package")
def used(emulator: Emulator, home: Stage) -> Used:
    """Return what CloudFormation did with the role in each phase of a stack's life."""
    found: Used = {}
    for name, attempt in phases(home).items():
        position = emulator.decisions.position()
        words = stage.refusal(attempt)
        assert ("Impossible" in words) if "rollback" in name else not words, (name, words)
        decisions = emulator.decisions.since(position)
        found[name] = [each for each in decisions if home.role_name == each.role]
    home.delete()
    return found
