"""References like ``#{Package.VERSION}`` mean something that an earlier action hands on."""

import re
from collections.abc import Iterator, Mapping

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, Pipeline

REFERENCE = re.compile(r"#\{([^.}]*)\.?([^}]*)\}")
# Of actions whose variables are always the same. CodePipeline User Guide, "Variables reference".
FIXED: Mapping[str, frozenset[str]] = {
    "CodeStarSourceConnection": frozenset(
        {
            *("AuthorDate", "AuthorDisplayName", "AuthorEmail", "AuthorId", "BranchName"),
            *("CommitId", "CommitMessage", "ConnectionArn", "FullRepositoryName", "ProviderType"),
        }
    ),
    "CodeCommit": frozenset(
        {
            *("AuthorDate", "BranchName", "CommitId", "CommitMessage", "CommitterDate"),
            "RepositoryName",
        }
    ),
    "ECR": frozenset({"ImageDigest", "ImageTag", "ImageURI", "RegistryId", "RepositoryName"}),
}
# What CodePipeline itself provides.
OWN = "codepipeline"
OWN_VARIABLES = frozenset({"PipelineExecutionId"})
OF_EXECUTION = "variables"

# Names of variables by namespace; None if they cannot be known from the template.
Known = dict[str, frozenset[str] | None]


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield references to nothing, and namespaces that two actions share."""
    for pipeline in delivery.pipelines:
        yield from references(delivery, pipeline)
        yield from namespaces(pipeline)
    yield from exports(delivery)


def references(delivery: Delivery, pipeline: Pipeline) -> Iterator[Mistake]:
    """Yield references to what has not been handed on by then."""
    known: Known = {OWN: OWN_VARIABLES, OF_EXECUTION: frozenset(pipeline.variables)}
    later = {action.namespace for action in pipeline.actions() if action.namespace}
    for stage in pipeline.stages:
        rules = [
            (condition.when, rule) for condition in stage.conditions for rule in condition.rules
        ]
        for when, rule in rules:
            if when == "BeforeEntry":
                yield from unknown(f"{rule.path}.Configuration", rule.configuration, known, later)
        for step in stage.steps():
            for action in step:
                path = action.at("Configuration")
                yield from unknown(path, action.configuration, known, later)
                path = action.at("EnvironmentVariables")
                yield from unknown(path, action.environment, known, later)
            for action in step:
                if action.namespace:
                    known[action.namespace] = handed_on(delivery, action)
        for when, rule in rules:
            if when != "BeforeEntry":
                yield from unknown(f"{rule.path}.Configuration", rule.configuration, known, later)


def unknown(
    path: str, texts: Mapping[str, str], known: Known, later: set[str]
) -> Iterator[Mistake]:
    """Yield the references in some texts that mean nothing."""
    for key, text in texts.items():
        for namespace, name in REFERENCE.findall(text):
            where = f"{path}.{key}"
            if namespace not in known:
                why = (
                    "comes from an action that has not run by then: run it before this"
                    if namespace in later
                    else "is no namespace: give the action that makes it this Namespace"
                )
                yield Mistake(path=where, message=f"#{{{namespace}.{name}}}: {namespace} {why}")
                continue
            names = known[namespace]
            if names is not None and name not in names:
                has = ", ".join(sorted(names)) or "none"
                yield Mistake(
                    path=where,
                    message=f"#{{{namespace}.{name}}}: {namespace} has no such variable, only "
                    f"{has}: correct the name, or export it",
                )


def handed_on(delivery: Delivery, action: Action) -> frozenset[str] | None:
    """Return the names of an action's variables, None if any may be among them."""
    if action.provider == "CodeBuild":
        spec = delivery.buildspec_of(action)
        return frozenset(spec.exports) if spec else None
    if action.provider == "Commands":
        return frozenset(action.exports)
    return FIXED.get(action.provider)


def namespaces(pipeline: Pipeline) -> Iterator[Mistake]:
    """Yield namespaces that cannot be used."""
    seen: dict[str, Action] = {}
    for action in pipeline.actions():
        if not action.namespace:
            continue
        path = action.at("Namespace")
        if action.namespace in (OWN, OF_EXECUTION):
            yield Mistake(path=path, message=f"{action.namespace} is CodePipeline's: use another")
        elif action.namespace in seen:
            first = seen[action.namespace]
            yield Mistake(
                path=path, message=f"{first.stage}.{first.name} has it, too: use another name"
            )
        seen.setdefault(action.namespace, action)


def exports(delivery: Delivery) -> Iterator[Mistake]:
    """Yield variables that a buildspec hands on and never sets."""
    for action in delivery.actions():
        spec = delivery.buildspec_of(action)
        project = delivery.project_of(action)
        if not spec or not project:
            continue
        given = {*spec.variables, *project.variables}
        commands = "\n".join(spec.commands())
        for name in spec.exports:
            setting = rf"(?:^|[\s;&(]){re.escape(name)}="
            if name not in given and not re.search(setting, commands):
                yield Mistake(
                    path=f"{project.path}.Source.BuildSpec",
                    message=f"{spec.place} exports {name} and never sets it: set it in a command",
                )
