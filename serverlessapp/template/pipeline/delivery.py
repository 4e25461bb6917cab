"""Everything that one template delivers with, in one situation."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.pipeline.buildspec import Buildspec, BuildspecError, find
from serverlessapp.template.pipeline.elements import (
    Action,
    Pipeline,
    Project,
    Scalar,
    ShapeError,
    text,
)
from serverlessapp.template.policies import PolicyKind, listed, statements
from serverlessapp.template.reading import Place, Template
from serverlessapp.template.references import of_item
from serverlessapp.template.situations import Situation, situations
from serverlessapp.template.values import Kind, Object, Unknown, alternatives

PIPELINE = "AWS::CodePipeline::Pipeline"
PROJECT = "AWS::CodeBuild::Project"
REPORT_GROUP = "AWS::CodeBuild::ReportGroup"
DELIVERING = (PIPELINE, PROJECT, REPORT_GROUP)
ROLE = "AWS::IAM::Role"
REGION = "AWS::Region"
MOST = 256  # situations that are looked at, before pairs of conditions have to do


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role of the template."""

    place: Place  # of its trust policy
    trusts: frozenset[Scalar]  # services, accounts and ARNs that may assume it; Unknown may be any


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What there is. What cannot be read is left out."""

    evaluation: Evaluation = field(repr=False)  # every condition that bears on this is decided
    pipelines: tuple[Pipeline, ...]
    projects: Mapping[Scalar, Project]  # by their names
    buildspecs: Mapping[Scalar, Buildspec]  # by the names of their projects, as far as known
    broken: Mapping[Scalar, str]  # what is wrong with the others
    report_groups: frozenset[Scalar]  # by their names
    roles: Mapping[Scalar, Role]  # by their ARNs
    source: Path | None = field(repr=False)  # folder with what a push contains, if that is known

    def actions(self) -> list[Action]:
        """Return every action of every pipeline."""
        return [action for pipeline in self.pipelines for action in pipeline.actions()]

    def project_of(self, action: Action) -> Project | None:
        """Return what an action builds, if the template has it."""
        return self.projects.get(action.configuration.get("ProjectName", ""))

    def buildspec_of(self, action: Action) -> Buildspec | None:
        """Return the buildspec that an action runs, if it can be known."""
        if override := action.configuration.get("BuildspecOverride"):
            with suppress(BuildspecError):
                return find(override, None)
            return None
        return self.buildspecs.get(action.configuration.get("ProjectName", ""))

    def can_be_in(self, region: str) -> bool:
        """Tell whether the stack can be in a Region, by the rules and as the conditions are."""
        decided = self.evaluation.decided
        there = replace(
            self.evaluation, given={**self.evaluation.given, REGION: region}, decided={}
        )
        return (
            self.evaluation.given.get(REGION, region) == region
            and all(there.condition(name) is not (not holds) for name, holds in decided.items())
            and not any(
                there.condition(assertion["Assert"]) is False
                for rule in self.evaluation.template.section("Rules").values()
                if there.condition(rule.get("RuleCondition", True)) is True
                for assertion in rule.get("Assertions", ())
            )
        )


@lru_cache(maxsize=2)
def deliveries(evaluation: Evaluation, source: Path | None = None) -> list[Delivery]:
    """Return what a template delivers with, in each way in which its conditions turn out.

    Raises:
        TemplateError: It cannot be understood.
    """
    delivering = limited(evaluation, DELIVERING)
    resources = delivering.template.section("Resources")
    if not any(item["Type"] in (PIPELINE, PROJECT) for item in resources.values()):
        return []
    roles = roles_of(limited(evaluation, (ROLE,)))
    return [replace(read(delivering.under(way), source), roles=roles) for way in ways(evaluation)]


@lru_cache(maxsize=2)  # by itself, since each rule asks again where the rest cannot be read
def ways(evaluation: Evaluation) -> list[Situation]:
    """Return how the conditions of what delivers turn out; of very many ways, some of all kinds."""
    resources = limited(evaluation, DELIVERING).template.section("Resources")
    conditions = {
        reference.target
        for title, item in resources.items()
        for reference in of_item(item, ("Resources", title))
        if reference.how == "Condition"
    }
    every = situations(evaluation, sorted(conditions))
    return list(pairwise_covering(every)) if len(every) > MOST else every


def limited(evaluation: Evaluation, kinds: Collection[str]) -> Evaluation:
    """Return a template without resources of other types."""
    content = evaluation.template.content
    resources = {
        title: item
        for title, item in evaluation.template.section("Resources").items()
        if isinstance(item, dict) and item.get("Type") in kinds
    }
    return replace(evaluation, template=Template(content={**content, "Resources": resources}))


def pairwise_covering(ways: list[Situation]) -> Iterator[Situation]:
    """Yield some of many situations, in which any two conditions turn out in each way they can."""
    seen = set[tuple[tuple[str, bool], ...]]()
    for way in ways:
        pairs = set(combinations(way.items(), 2))
        if not pairs <= seen:
            seen |= pairs
            yield way


def read(evaluation: Evaluation, source: Path | None) -> Delivery:
    """Return what a template delivers with; its conditions are decided."""
    known = replace(evaluation, given={**names_of_projects(evaluation), **evaluation.given})
    region = known.given.get(REGION, Unknown(Kind.PSEUDO, REGION))
    resources = list(known.resources())
    pipelines, projects = list[Pipeline](), list[Project]()
    for resource in resources:
        with suppress(ShapeError):  # for cfn-lint to find
            name = name_of(known, resource)
            if resource.type == PIPELINE:
                pipelines.append(Pipeline(raw=resource.properties, name=name, home=region))
            if resource.type == PROJECT:
                projects.append(Project(raw=resource.properties, name=name))
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
        report_groups=frozenset(
            name_of(known, resource) for resource in resources if resource.type == REPORT_GROUP
        ),
        roles=roles_of(known),
        source=source,
    )


def names_of_projects(evaluation: Evaluation) -> dict[str, Any]:
    """Return the names that projects have in the template, by logical ID."""
    names = {}
    for title, item in evaluation.template.section("Resources").items():
        written = item.get("Properties", {}).get("Name")
        if item["Type"] == PROJECT and written is not None:
            with suppress(ShapeError):
                names[title] = text(Object(Name=evaluation.value(written)), "Name")
    return names


def name_of(evaluation: Evaluation, resource: Resource) -> Scalar:
    """Return the name of a project, a pipeline or a report group."""
    with suppress(ShapeError):
        if name := text(resource.properties, "Name"):
            return name
    return evaluation.reference(resource.title)


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


def roles_of(evaluation: Evaluation) -> dict[Scalar, Role]:
    """Return the roles of the template by their ARNs."""
    roles = {}
    for resource in evaluation.resources():
        if resource.type == ROLE:
            arn = evaluation.attribute([resource.title, "Arn"])
            place = ("Resources", resource.title, "Properties", "AssumeRolePolicyDocument")
            roles[arn] = Role(place=place, trusts=frozenset(trusted(resource)))
    return roles


def trusted(resource: Resource) -> Iterator[Scalar]:
    """Yield who may assume a role by its trust policy, under any condition; anybody, if unknown."""
    trusts = [each for each in statements(resource) if each.kind is PolicyKind.TRUST]
    if not trusts:
        yield "*"
    for statement in trusts:
        if statement.content["Effect"] == "Deny":
            continue
        for principal, _ in alternatives(statement.content.get("Principal", "*")):
            for name in principal.values() if isinstance(principal, dict) else [principal]:
                yield from (each for each, _ in listed(name) if not isinstance(each, dict | list))
