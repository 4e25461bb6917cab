"""What cannot be run here as AWS would run it. It is refused by name, before anything runs."""

from collections.abc import Iterator

from serverlessapp.template.pipeline.buildspec import Buildspec
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, Project
from serverlessapp.template.values import is_known

PROVIDERS = ("CodeStarSourceConnection", "CodeBuild", "CloudFormation", "Manual")
RULES = ("VariableCheck",)
MODES = ("CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE")
FUNCTIONS = ("Fn::GetArtifactAtt", "Fn::GetParam")  # CodePipeline's own, in ParameterOverrides
SYSTEMS = ("WINDOWS", "MAC", "GPU")
SHELLS = ("bash", "/bin/sh", "sh")


def refusals(delivery: Delivery) -> Iterator[str]:
    """Yield what cannot be run faithfully."""
    elements = {each.name: each.raw for each in delivery.pipelines}
    elements |= {name: project.raw for name, project in delivery.projects.items()}
    if unknown := [str(name) for name, raw in elements.items() if not is_known(raw)]:
        yield f"{', '.join(unknown)}: depends on values that only AWS knows"
        return
    if len(delivery.pipelines) != 1:
        yield f"the template has {len(delivery.pipelines)} pipelines, and must have one"
    for action in delivery.actions():
        where = f"{action.stage}.{action.name}"
        for why in of_action(action):
            yield f"{where}: {why}"
        project = delivery.project_of(action)
        if action.provider == "CodeBuild" and not project:
            yield f"{where}: its project is not in the template"
        if project:
            for why in of_project(project):
                yield f"{where}: {why}"
        if spec := delivery.buildspec_of(action):
            for why in of_buildspec(spec):
                yield f"{where}: {spec.place}: {why}"
    for pipeline in delivery.pipelines:
        if pipeline.raw.get("RestartExecutionOnUpdate") is not True:
            yield "a pipeline without RestartExecutionOnUpdate"
        for rule in pipeline.rules():
            if rule.provider not in RULES:
                yield f"rule {rule.name}: {rule.provider}"
        for stage in pipeline.stages:
            if any(condition.when == "OnFailure" for condition in stage.conditions):
                yield f"{stage.name}: conditions on failure"


def of_action(action: Action) -> Iterator[str]:
    """Yield what an action takes that is not here."""
    if action.owner != "AWS" or action.provider not in PROVIDERS:
        yield f"actions of {action.provider}"
    configuration = action.configuration
    if action.provider == "CloudFormation":
        if configuration.get("ActionMode") not in MODES:
            yield f"ActionMode {configuration.get('ActionMode')}"
        if action.outputs:
            yield "an artifact with the outputs of a stack"
        for name in FUNCTIONS:
            if name in configuration.get("ParameterOverrides", ""):
                yield f"{name} in ParameterOverrides"
    if configuration.get("OutputArtifactFormat", "CODE_ZIP") != "CODE_ZIP":
        yield f"OutputArtifactFormat {configuration['OutputArtifactFormat']}"
    if "BuildspecOverride" in configuration:
        yield "BuildspecOverride"
    if configuration.get("BatchEnabled") == "true":
        yield "batch builds"
    if '"type"' in configuration.get("EnvironmentVariables", ""):
        yield "typed EnvironmentVariables"


def of_project(project: Project) -> Iterator[str]:
    """Yield what a project takes that is not here."""
    environment = project.raw["Environment"]
    if any(system in project.type for system in SYSTEMS):
        yield project.type
    if environment.get("PrivilegedMode") in (True, "true"):
        yield "privileged mode"
    for name in ("VpcConfig", "FileSystemLocations", "SecondarySources"):
        if name in project.raw:
            yield name
    for variable in environment.get("EnvironmentVariables", []):
        if variable.get("Type", "PLAINTEXT") != "PLAINTEXT":
            yield f"variable {variable['Name']} from {variable['Type']}"


def of_buildspec(spec: Buildspec) -> Iterator[str]:
    """Yield what a buildspec takes that is not here."""
    for section in ("parameter-store", "secrets-manager", "git-credential-helper"):
        if spec.section("env").get(section):
            yield f"env.{section}"
    shell = str(spec.section("env").get("shell", "bash"))
    if shell not in SHELLS:
        yield f"shell {shell}"
    for key in ("batch", "run-as", "proxy"):
        if key in spec.content:
            yield key
    for name, phase in spec.section("phases").items():
        for key in ("run-as", "steps"):
            if key in phase:
                yield f"phases.{name}.{key}"
        if phase.get("on-failure", "ABORT") != "ABORT":
            yield f"phases.{name}.on-failure {phase['on-failure']}"
    if spec.section("artifacts").get("enable-symlinks"):
        yield "artifacts.enable-symlinks"
