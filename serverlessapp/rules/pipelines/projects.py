"""Compute, image and settings of a CodeBuild project go together.

Sources: CodeBuild User Guide, "Build environment compute modes and types", "Docker images
provided by CodeBuild", "Run builds on AWS Lambda compute" with its limitations, and "Environment
variables in build environments".
"""

import re
from collections.abc import Iterator

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Project

NOT_ON_LAMBDA = (
    *("Cache", "TimeoutInMinutes", "QueuedTimeoutInMinutes", "BadgeEnabled", "VpcConfig"),
    *("FileSystemLocations", "BuildBatchConfig"),
)
GPU_SIZES = ("BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_LARGE")
CURATED = re.compile(
    r"aws/codebuild/("
    r"standard:\d\.0"
    r"|(amazonlinux|amazonlinux2)-(x86_64|aarch64)-standard:\d\.0(-[\d.]+)?"
    r"|amazonlinux-(x86_64|aarch64)-lambda-standard:(python|nodejs|ruby|dotnet|go|corretto)[\d.]+"
    r"|windows-base:20(19|22)-\d\.0"
    r"|macos-arm-base:\d+"
    r"|ami/[\w.:/-]+)"
)
RESERVED = "CODEBUILD_"


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield combinations that CodeBuild refuses."""
    for project in delivery.projects.values():
        yield from compute(project)
        yield from image(project)
        if project.on_lambda:
            yield from on_lambda(project)
        for name in project.variables:
            if name.startswith(RESERVED):
                yield Mistake(
                    path=f"{project.path}.Environment.EnvironmentVariables[{name}]",
                    message=f"names that begin with {RESERVED} are CodeBuild's: rename it",
                )


def compute(project: Project) -> Iterator[Mistake]:
    """Yield whether the size is not one of the environment's type."""
    path = f"{project.path}.Environment.ComputeType"
    if project.on_lambda != ("LAMBDA" in project.compute):
        size = "BUILD_LAMBDA_..." if project.on_lambda else "BUILD_GENERAL1_..."
        yield Mistake(
            path=path, message=f"{project.type} does not run on {project.compute}: use {size}"
        )
    elif project.type == "LINUX_GPU_CONTAINER" and project.compute not in GPU_SIZES:
        sizes = " or ".join(GPU_SIZES)
        yield Mistake(path=path, message=f"{project.type} takes {sizes}, not {project.compute}")


def image(project: Project) -> Iterator[Mistake]:
    """Yield whether an image of CodeBuild's is made for another environment, or none of its."""
    if not project.image.startswith("aws/codebuild/"):
        return
    path = f"{project.path}.Environment.Image"
    if not CURATED.fullmatch(project.image):
        message = f"{project.image} is no image that CodeBuild provides: correct its name"
        yield Mistake(path=path, message=message)
        return
    # What the environment's type asks for, and whether the image is that.
    fits = {
        "ARM": (project.type.startswith("ARM_"), "aarch64" in project.image),
        "Lambda": (project.on_lambda, "-lambda-" in project.image),
        "Windows": (project.type.startswith("WINDOWS_"), "windows-" in project.image),
    }
    for what, (asked, has) in fits.items():
        if asked != has:
            kind = f"for {what}" if has else f"not for {what}"
            yield Mistake(
                path=path,
                message=f"{project.image} is {kind}, and the environment is {project.type}: change "
                "one of both",
            )


def on_lambda(project: Project) -> Iterator[Mistake]:
    """Yield what Lambda compute does not have."""
    for name in NOT_ON_LAMBDA:
        given = project.raw.get(name)
        if given in (None, False) or (name == "Cache" and given.get("Type") == "NO_CACHE"):
            continue
        yield Mistake(
            path=f"{project.path}.{name}",
            message=f"{project.compute} has no {name}: remove it, or use a container",
        )
    if project.raw["Environment"].get("PrivilegedMode") in (True, "true"):
        yield Mistake(
            path=f"{project.path}.Environment.PrivilegedMode",
            message=f"{project.compute} has no privileged mode: remove it, or use a container",
        )
