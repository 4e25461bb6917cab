"""Everything that one template delivers with, in one situation."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.pipeline import reader
from serverlessapp.template.pipeline.buildspec import Buildspec, BuildspecError, find
from serverlessapp.template.pipeline.elements import Action, Pipeline, Project, Scalar
from serverlessapp.template.pipeline.reader import ShapeError
from serverlessapp.template.policies import PolicyKind, statements
from serverlessapp.template.reading import Place, Template, TemplateError
from serverlessapp.template.references import of_item
from serverlessapp.template.situations import situations
from serverlessapp.template.values import Kind, Object, Unknown, alternatives

PIPELINE = "AWS::CodePipeline::Pipeline"
PROJECT = "AWS::CodeBuild::Project"
REPORT_GROUP = "AWS::CodeBuild::ReportGroup"
ROLE = "AWS::IAM::Role"
TYPES = (PIPELINE, PROJECT, REPORT_GROUP, ROLE)
REGION = "AWS::Region"
MOST = 1024  # situations that are looked at


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role of the template.

    Attributes:
        place: Of its trust policy.
        trusts: Services, accounts and ARNs that may assume it; ``Unknown`` may be any.
    """

    place: Place
    trusts: frozenset[Scalar]


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What there is.

    Attributes:
        evaluation: The template, with every condition decided that bears on this.
        pipelines: Usually one. What cannot be read is left out, here and below.
        projects: By their names.
        buildspecs: By the names of their projects, those that can be known.
        broken: What is wrong with the others.
        report_groups: Names of those in the template.
        roles: By their ARNs.
        source: Folder with what a push contains, if that is known.
    """

    evaluation: Evaluation = field(repr=False)
    pipelines: tuple[Pipeline, ...]
    projects: Mapping[Scalar, Project]
    buildspecs: Mapping[Scalar, Buildspec]
    broken: Mapping[Scalar, str]
    report_groups: frozenset[Scalar]
    roles: Mapping[Scalar, Role]
    source: Path | None = field(repr=False)

    def actions(self) -> list[Action]:
        """Return every action of every pipeline."""
        return [action for pipeline in self.pipelines for action in pipeline.actions()]

    def project_of(self, action: Action) -> Project | None:
        """Return what an action builds, if the template has it."""
        return self.projects.get(action.configuration.get("ProjectName", ""))

    def buildspec_of(self, action: Action) -> Buildspec | None:
        """Return the buildspec that an action runs, if it can be known."""
        return self.buildspecs.get(action.configuration.get("ProjectName", ""))

    def can_be_in(self, region: str) -> bool:
        """Tell whether the stack can be in a Region, as the conditions have turned out."""
        decided = self.evaluation.decided
        there = replace(
            self.evaluation, given={**self.evaluation.given, REGION: region}, decided={}
        )
        return self.evaluation.given.get(REGION, region) == region and all(
            there.condition(name) is not (not holds) for name, holds in decided.items()
        )


@lru_cache(maxsize=2)
def deliveries(evaluation: Evaluation, source: Path | None = None) -> list[Delivery]:
    """Return what a template delivers with, in each way in which its conditions turn out.

    Raises:
        TemplateError: It cannot be understood, or there are too many ways.
    """
    template = evaluation.template
    relevant = {
        title: item
        for title, item in template.section("Resources").items()
        if item.get("Type") in TYPES
    }
    if not any(item["Type"] in (PIPELINE, PROJECT) for item in relevant.values()):
        return []
    conditions = {
        reference.target
        for title, item in relevant.items()
        if item["Type"] != ROLE
        for reference in of_item(item, ("Resources", title))
        if reference.how == "Condition"
    }
    ways = situations(evaluation, sorted(conditions))
    if len(ways) > MOST:
        raise TemplateError(f"{len(ways)} combinations of conditions: give some parameters")
    small = replace(
        evaluation, template=Template(content={**template.content, "Resources": relevant})
    )
    return [read(small.under(way), source) for way in ways]


def read(evaluation: Evaluation, source: Path | None) -> Delivery:
    """Return what a template delivers with; its conditions are decided.

    Raises:
        TemplateError: It cannot be understood.
    """
    names = {
        resource.title: name
        for resource in of_type(evaluation, PROJECT)
        if (name := name_of(resource)) != Unknown(Kind.RESOURCE, resource.title)
    }
    known = replace(evaluation, given={**names, **evaluation.given})
    region = known.given.get(REGION, Unknown(Kind.PSEUDO, REGION))
    pipelines, projects = list[Pipeline](), list[Project]()
    for resource in of_type(known, PIPELINE):
        with suppress(ShapeError):  # for cfn-lint to find
            name = name_of(resource)
            pipelines.append(reader.pipeline(resource.properties, name=name, region=region))
    for resource in of_type(known, PROJECT):
        with suppress(ShapeError):
            projects.append(reader.project(resource.properties, name=name_of(resource)))
    buildspecs, broken = dict[Scalar, Buildspec](), dict[Scalar, str]()
    for project in projects:
        try:
            if spec := find(project.buildspec, source if in_source(project, pipelines) else None):
                buildspecs[project.name] = spec
        except BuildspecError as error:
            broken[project.name] = str(error)
    return Delivery(
        evaluation=known,
        pipelines=tuple(pipelines),
        projects={project.name: project for project in projects},
        buildspecs=buildspecs,
        broken=broken,
        report_groups=frozenset(map(name_of, of_type(known, REPORT_GROUP))),
        roles={
            Unknown(Kind.ATTRIBUTE, resource.title, "Arn"): role(resource)
            for resource in of_type(known, ROLE)
        },
        source=source,
    )


def of_type(evaluation: Evaluation, kind: str) -> Iterator[Resource]:
    """Yield the resources of a type."""
    for resource in evaluation.resources():
        if resource.type == kind and isinstance(resource.properties, Object):
            yield resource


def name_of(resource: Resource) -> Scalar:
    """Return the name of a project, a pipeline or a report group."""
    with suppress(ShapeError):
        if name := reader.text(resource.properties, "Name"):
            return name
    return Unknown(Kind.RESOURCE, resource.title)


def in_source(project: Project, pipelines: list[Pipeline]) -> bool:
    """Tell whether a project's buildspec is in what a push contains.

    It is, if each action that runs it starts in what the only source action gives.
    """
    starts = [
        (action.primary, pipeline)
        for pipeline in pipelines
        for action in pipeline.actions()
        if action.configuration.get("ProjectName") == project.name
    ]
    return bool(starts) and all(pushed(pipeline) == {primary} for primary, pipeline in starts)


def pushed(pipeline: Pipeline) -> set[Scalar]:
    """Return the artifacts that the source actions give."""
    return {
        name
        for action in pipeline.actions()
        if action.category == "Source"
        for name in action.outputs
    }


def role(resource: Resource) -> Role:
    """Return a role of the template."""
    trusts: set[Scalar] = set()
    for statement in statements(resource):
        if statement.kind is PolicyKind.TRUST and statement.content["Effect"] != "Deny":
            for principal, _ in alternatives(statement.content.get("Principal", "*")):
                names = principal.values() if isinstance(principal, dict) else [principal]
                trusts.update(
                    each
                    for name in names
                    for whole, _ in alternatives(name)
                    for item in (whole if isinstance(whole, list) else [whole])
                    for each, _ in alternatives(item)
                    if not isinstance(each, dict | list)
                )
    place = ("Resources", resource.title, "Properties", "AssumeRolePolicyDocument")
    return Role(place=place, trusts=frozenset(trusts))
