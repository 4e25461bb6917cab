"""The roles that are derived, as CloudFormation sees their templates."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from troposphere import Template

from generators.editions import Edition
from generators.render import render
from pipeline import deploy_role, taskcat_role, update_role
from serverlessapp.template.reading import load

Json = dict[str, Any]
BOUNDARIES = (deploy_role.BOUNDARY, taskcat_role.BOUNDARY)


@dataclass(frozen=True)
class DerivedRole:
    """A role, and the policies that were derived for it."""

    title: str
    build: Callable[[], Template]
    variant: str = ""

    @cached_property
    def resources(self) -> Json:
        resources: Json = load(render(self.build()))["Resources"]
        return resources

    @property
    def properties(self) -> Json:
        properties: Json = self.resources[self.title]["Properties"]
        return properties

    @property
    def policies(self) -> dict[str, Json]:
        """The documents by logical ID, without what only limits other roles."""
        return {
            title: resource["Properties"]["PolicyDocument"]
            for title, resource in self.resources.items()
            if resource["Type"] == "AWS::IAM::ManagedPolicy" and title not in BOUNDARIES
        }

    @property
    def statements(self) -> list[Json]:
        return [statement for policy in self.policies.values() for statement in policy["Statement"]]

    @property
    def actions(self) -> set[str]:
        return {action for statement in self.statements for action in statement["Action"]}

    def allowing(self, action: str) -> list[Json]:
        return [statement for statement in self.statements if action in statement["Action"]]


DEPLOY = DerivedRole("DeployRole", deploy_role.build)
EPHEMERAL = DerivedRole(
    "DeployRole", partial(deploy_role.build, edition=Edition.EPHEMERAL), "ephemeral"
)
EXISTING = DerivedRole(
    "DeployRole", partial(deploy_role.build, edition=Edition.EXISTING_BUCKET), "existing-bucket"
)
UPDATE = DerivedRole("UpdateRole", update_role.build)
TASKCAT = DerivedRole("TaskcatRole", taskcat_role.build)
ROLES = (DEPLOY, EPHEMERAL, EXISTING, UPDATE, TASKCAT)
