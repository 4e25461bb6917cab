"""Compute and settings of a CodeBuild project go together."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import CODEBUILD_GUIDE, PipelineRule, is_known
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Project
from serverlessapp.template.values import Text, Unknown

PIPELINE = "CODEPIPELINE"
# CodeBuild User Guide, "Run builds on AWS Lambda compute", limitations.
NOT_ON_LAMBDA = (
    *("Cache", "TimeoutInMinutes", "QueuedTimeoutInMinutes", "BadgeEnabled", "VpcConfig"),
    *("FileSystemLocations", "BuildBatchConfig"),
)
NO_CACHE = {"Type": "NO_CACHE"}
GPU_SIZES = ("BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_LARGE")
RESERVED = "CODEBUILD_"


class SettingsFitCompute(PipelineRule):
    """Size and type, limits of Lambda compute, and names that CodeBuild reserves."""

    id = "E9208"
    shortdesc = "What a project asks for exists on its compute"
    source_url = f"{CODEBUILD_GUIDE}/build-env-ref-compute-types.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield combinations that CodeBuild refuses."""
        for project in delivery.projects.values():
            if is_known(project.type, project.compute):
                yield from compute(project)
                if project.on_lambda:
                    yield from on_lambda(project)
            for number, name in enumerate(project.variables):
                if is_known(name) and name.startswith(RESERVED):
                    yield Mistake(
                        project.at("Environment", "EnvironmentVariables", number),
                        f"names that begin with {RESERVED} are CodeBuild's: rename {name}",
                    )


class ProjectsAreForPipelines(PipelineRule):
    """CodeBuild refuses a project with only one of them of type CODEPIPELINE.

    An action overrides both, whatever they are. But only the two of a project for pipelines go
    together (CodeBuild API Reference, "ProjectArtifacts": "If type is set to CODEPIPELINE ...").
    """

    id = "E9209"
    shortdesc = "Source and artifacts of a project are both a pipeline's, or none is"
    source_url = f"{CODEBUILD_GUIDE}/create-project.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield projects with only one."""
        for project in delivery.projects.values():
            kinds = {"Source": project.source, "Artifacts": project.artifacts}
            if is_known(*kinds.values()) and sum(kind == PIPELINE for kind in kinds.values()) == 1:
                for part, kind in kinds.items():
                    if kind != PIPELINE:
                        yield Mistake(
                            project.at(part, "Type"),
                            f"{kind} has to be {PIPELINE}, as the other of source and artifacts is",
                        )


def compute(project: Project) -> Iterator[Mistake]:
    """Yield whether the size is not one of the environment's type."""
    place = project.at("Environment", "ComputeType")
    if project.on_lambda != ("LAMBDA" in project.compute):
        size = "BUILD_LAMBDA_..." if project.on_lambda else "BUILD_GENERAL1_..."
        yield Mistake(place, f"{project.type} does not run on {project.compute}: use {size}")
    elif project.type == "LINUX_GPU_CONTAINER" and project.compute not in GPU_SIZES:
        sizes = " or ".join(GPU_SIZES)
        yield Mistake(place, f"{project.type} takes {sizes}, not {project.compute}")


def on_lambda(project: Project) -> Iterator[Mistake]:
    """Yield what Lambda compute does not have."""
    for name in NOT_ON_LAMBDA:
        given = project.raw.get(name)
        if given in (None, False, "false", NO_CACHE) or isinstance(given, Unknown | Text):
            continue
        yield Mistake(
            project.at(name),
            f"{project.compute} has no {name}: remove it, or use a container",
        )
    if project.raw["Environment"].get("PrivilegedMode") in (True, "true"):
        yield Mistake(
            project.at("Environment", "PrivilegedMode"),
            f"{project.compute} has no privileged mode: remove it, or use a container",
        )
