"""References like ``#{Package.VERSION}`` mean something that an earlier action hands on."""

import re
from collections.abc import Iterator, Mapping

from serverlessapp.rules.pipelines.rule import USER_GUIDE, is_known, pipeline_rule, whole
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import HOLE, with_holes
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import (
    Action,
    Configuration,
    Element,
    Pipeline,
    Scalar,
    Stage,
)

REFERENCE = re.compile(r"#\{([^.}]*)\.?([^}]*)\}")
# Of actions whose variables are always the same. CodePipeline User Guide, "Variables reference".
FIXED: Mapping[Scalar, tuple[str, ...]] = {
    "CodeStarSourceConnection": (
        *("AuthorDate", "AuthorDisplayName", "AuthorEmail", "AuthorId", "BranchName"),
        *("CommitId", "CommitMessage", "ConnectionArn", "FullRepositoryName", "ProviderType"),
    ),
    "CodeCommit": (
        *("AuthorDate", "BranchName", "CommitId", "CommitMessage", "CommitterDate"),
        "RepositoryName",
    ),
    "ECR": ("ImageDigest", "ImageTag", "ImageURI", "RegistryId", "RepositoryName"),
}
# What CodePipeline itself provides.
OWN = "codepipeline"
OF_EXECUTION = "variables"

# Names of variables by namespace; None if they cannot be known from the template.
Known = dict[Scalar, tuple[Scalar, ...] | None]


@pipeline_rule("E9213", f"{USER_GUIDE}/reference-variables.html", whole)
def variables_are_handed_on(delivery: Delivery) -> Iterator[Mistake]:
    """A variable comes from an action that runs earlier.

    Its namespace belongs to an earlier action, which hands on one of its name.
    """
    for pipeline in delivery.pipelines:
        spaces = [action.namespace for action in pipeline.actions() if action.namespace]
        yield from namespaces(pipeline)
        if is_known(*spaces):
            known: Known = {OWN: ("PipelineExecutionId",), OF_EXECUTION: (*pipeline.variables,)}
            for stage in pipeline.stages:
                yield from of_stage(delivery, stage, known, set(spaces))


def of_stage(
    delivery: Delivery, stage: Stage, known: Known, spaces: set[Scalar]
) -> Iterator[Mistake]:
    """Yield references to what has not been handed on by then, and note what the stage does."""
    rules = [(condition.when, rule) for condition in stage.conditions for rule in condition.rules]
    for when, rule in rules:
        if when == "BeforeEntry":
            yield from unknown(rule, "Configuration", rule.configuration, known, spaces)
    for step in stage.steps():
        handed = {each.namespace: handed_on(delivery, each) for each in step if each.namespace}
        if not stage.has_order:
            known |= handed
        for action in step:
            yield from unknown(action, "Configuration", action.configuration, known, spaces)
            yield from unknown(action, "EnvironmentVariables", action.environment, known, spaces)
        known |= handed
    for when, rule in rules:
        if when != "BeforeEntry":
            yield from unknown(rule, "Configuration", rule.configuration, known, spaces)


def unknown(
    element: Element, part: str, texts: Configuration, known: Known, spaces: set[Scalar]
) -> Iterator[Mistake]:
    """Yield the references in some texts that mean nothing."""
    for key, value in texts.items():
        for namespace, name in REFERENCE.findall(with_holes(value)):
            if HOLE in namespace or HOLE in name:
                continue
            names = known.get(namespace)
            if namespace not in known and namespace in spaces:
                why = "comes from an action that runs later: run it before this one"
            elif namespace not in known:
                why = "is not a namespace: add it as the Namespace of the action that sets it"
            elif names is not None and is_known(*names) and name not in names:
                has = ", ".join(sorted(names)) or "none"
                why = f"has no such variable, only {has}: correct the name, or export it"
            else:
                continue
            yield Mistake(element.at(part, key), f"#{{{namespace}.{name}}}: {namespace} {why}")


def handed_on(delivery: Delivery, action: Action) -> tuple[Scalar, ...] | None:
    """Return the names of an action's variables, None if any may be among them."""
    if action.provider == "CodeBuild":
        spec = delivery.buildspec_of(action)
        given = spec.exports if spec and "batch" not in spec.content else None
        return None if given is None or HOLE in "".join(given) else given
    if action.provider == "Commands":
        return action.exports
    return FIXED.get(action.provider)


def namespaces(pipeline: Pipeline) -> Iterator[Mistake]:
    """Yield namespaces that cannot be used."""
    seen: dict[Scalar, Action] = {}
    for action in pipeline.actions():
        if not action.namespace:
            continue
        place = action.at("Namespace")
        if action.namespace in (OWN, OF_EXECUTION):
            yield Mistake(place, f"the namespace {action.namespace} is reserved: use another")
        elif action.namespace in seen:
            first = seen[action.namespace]
            yield Mistake(place, f"{first.stage}.{first.name} uses it, too: use another name")
        seen.setdefault(action.namespace, action)
