"""Everything that one template delivers with, in one situation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from serverlessapp.template.parameters import Json
from serverlessapp.template.pipeline import reader
from serverlessapp.template.pipeline.buildspec import Buildspec, BuildspecError, find
from serverlessapp.template.pipeline.elements import Action, Pipeline, Project
from serverlessapp.template.resolver import Resolver

PIPELINE = "AWS::CodePipeline::Pipeline"
PROJECT = "AWS::CodeBuild::Project"
REPORT_GROUP = "AWS::CodeBuild::ReportGroup"
ROLE = "AWS::IAM::Role"


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role of the template.

    Attributes:
        trusts: Services, accounts and ARNs that may assume it.
    """

    path: str
    arn: str
    trusts: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What there is.

    Attributes:
        stack: Name of the pipeline's own stack.
        pipelines: Usually one.
        projects: By their names.
        buildspecs: By the names of their projects, those that can be read.
        broken: What is wrong with the others.
        report_groups: Names of those in the template.
        roles: By their ARNs.
        source: Folder with what a push contains.
    """

    stack: str
    pipelines: tuple[Pipeline, ...]
    projects: Mapping[str, Project]
    buildspecs: Mapping[str, Buildspec]
    broken: Mapping[str, str]
    report_groups: frozenset[str]
    roles: Mapping[str, Role]
    source: Path = field(repr=False)

    def actions(self) -> list[Action]:
        """Return every action of every pipeline."""
        return [action for pipeline in self.pipelines for action in pipeline.actions()]

    def project_of(self, action: Action) -> Project | None:
        """Return what an action builds, if the template has it."""
        return self.projects.get(action.configuration.get("ProjectName", ""))

    def buildspec_of(self, action: Action) -> Buildspec | None:
        """Return the buildspec that an action runs, if it can be known."""
        return self.buildspecs.get(action.configuration.get("ProjectName", ""))


def read(resolver: Resolver, source: Path) -> Delivery:
    """Return what a template delivers with.

    Raises:
        UnresolvedError: A value cannot be known.
    """
    projects = {}
    for title in of_type(resolver, PROJECT):
        path = f"Resources.{title}.Properties"
        name = resolver.name(title, path)
        projects[name] = reader.project(path, resolver.properties(title), name=name)
    buildspecs, broken = {}, {}
    for name, project in projects.items():
        try:
            buildspecs[name] = find(project.buildspec, source)
        except BuildspecError as error:
            broken[name] = str(error)
    roles = [role(resolver, title) for title in of_type(resolver, ROLE)]
    return Delivery(
        stack=resolver.values["AWS::StackName"],
        pipelines=tuple(
            reader.pipeline(
                f"Resources.{title}.Properties",
                resolver.properties(title),
                name=resolver.name(title, ""),
                region=resolver.values["AWS::Region"],
            )
            for title in of_type(resolver, PIPELINE)
        ),
        projects=projects,
        buildspecs=buildspecs,
        broken=broken,
        report_groups=frozenset(
            resolver.name(title, "") for title in of_type(resolver, REPORT_GROUP)
        ),
        roles={role.arn: role for role in roles},
        source=source,
    )


def of_type(resolver: Resolver, kind: str) -> list[str]:
    """Return the logical IDs of the resources of a type."""
    return [title for title, item in resolver.existing.items() if item["Type"] == kind]


def role(resolver: Resolver, title: str) -> Role:
    """Return a role of the template."""
    path = f"Resources.{title}.Properties.AssumeRolePolicyDocument"
    document = resolver.decided(
        resolver.existing[title]["Properties"]["AssumeRolePolicyDocument"], path
    )
    return Role(path=path, arn=resolver.attribute(title, "Arn", path), trusts=trusted(document))


def trusted(document: Json) -> frozenset[str]:
    """Return who may assume a role by its trust policy."""
    statements = document.get("Statement", [])
    services: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal", {})
        names = principal.values() if isinstance(principal, dict) else [principal]
        if statement.get("Effect") == "Allow":
            for name in names:
                services.update(name if isinstance(name, list) else [name])
    return frozenset(services)
