"""Compute, settings and image of a CodeBuild project go together."""

import re
from collections.abc import Iterator
from functools import reduce
from typing import Any

from serverlessapp.rules.pipelines.rule import CODEBUILD_GUIDE, is_known, pipeline_rule, projects
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import with_holes
from serverlessapp.template.pipeline.elements import Project, inner, items, objects
from serverlessapp.template.values import Items, Text, Unknown

REFERENCE = "https://docs.aws.amazon.com/codebuild/latest/APIReference"
PIPELINE = "CODEPIPELINE"
GIT = ("BITBUCKET", "GITHUB", "GITHUB_ENTERPRISE", "GITLAB", "GITLAB_SELF_MANAGED")
# CodeBuild User Guide, "Run builds on AWS Lambda compute", limitations.
NOT_ON_LAMBDA = (
    *("TimeoutInMinutes", "QueuedTimeoutInMinutes", "BadgeEnabled", "VpcConfig"),
    "FileSystemLocations",
)
# Sizes that there are only in fleets.
IN_FLEETS = re.compile(r"LINUX_GPU_CONTAINER \w+_(MEDIUM|2?XLARGE)|WINDOWS\w+ \w+_SMALL")
# But for what configures runners: CodeBuild User Guide, "GitHub Actions runner configuration".
RESERVED = re.compile("CODEBUILD_(?!CONFIG_)")
OF_CODEBUILD = "aws/codebuild/"
# Also those that CodeBuild no longer lists: who has one can go on with it. Tags come and go; some
# are a date (standard:5.0-21.04.23) or a runtime (amazonlinux2-x86_64-standard:corretto11).
PROVIDED = re.compile(
    r"aws/codebuild/("
    r"standard|amazonlinux2?-(x86_64|aarch64)-(lambda-)?standard|windows-base|macos-arm-base"
    r"|ami/[\w./-]+"
    r"|android-java-\d+|docker|dot-net|eb-[\w.-]+|golang|java|nodejs|php|python|ruby|ubuntu-base"
    r")(:[\w.-]+)?(@sha256:[0-9a-f]{64})?"
)
WITHOUT_CONTAINER = "_EC2"  # machine images have names of another kind


@pipeline_rule("E9208", f"{CODEBUILD_GUIDE}/build-env-ref-compute-types.html", projects)
def settings_fit_compute(project: Project) -> Iterator[Mistake]:
    """A project's compute supports its settings.

    Size and type, limits of Lambda compute, and names that CodeBuild reserves.
    """
    if is_known(project.type, project.compute):
        yield from compute(project)
        if project.on_lambda:
            yield from on_lambda(project)
    for number, name in enumerate(project.variables):
        if is_known(name) and RESERVED.match(name):
            yield Mistake(
                project.at("Environment", "EnvironmentVariables", number),
                f"names with the prefix CODEBUILD_ are reserved: rename {name}",
            )


@pipeline_rule("E9209", f"{CODEBUILD_GUIDE}/create-project.html", projects)
def projects_are_for_pipelines(project: Project) -> Iterator[Mistake]:
    """A project's source and artifacts both have type CODEPIPELINE, or neither has.

    An action overrides both, whatever they are. But only the two of a project for pipelines go
    together (CodeBuild API Reference, "ProjectArtifacts": "If type is set to CODEPIPELINE ...").
    """
    kinds = {"Source": project.source, "Artifacts": project.artifacts}
    if is_known(*kinds.values()) and PIPELINE in kinds.values():
        for part, kind in kinds.items():
            if kind != PIPELINE:
                message = f"{kind} must be {PIPELINE}, like the other of source and artifacts"
                yield Mistake(project.at(part, "Type"), message)


@pipeline_rule("E9203", f"{REFERENCE}/API_ProjectSource.html", projects)
def sources_fit_settings(project: Project) -> Iterator[Mistake]:
    """A project's sources, artifacts and cache are complete, and support its settings.

    Also CodeBuild API Reference, "ProjectArtifacts" and "CreateWebhook".
    """
    raw, source = project.raw, project.source
    for kind in ("Source", "Artifact"):
        for item in objects(raw, f"Secondary{kind}s"):
            if f"{kind}Identifier" not in item:
                yield Mistake(item.place, f"{kind}Identifier is missing: add it")
            if item.get("Type") == PIPELINE:
                yield Mistake(item.place, f"only the primary one can be {PIPELINE}: remove it")
    for item in (inner(raw, "Source"), *objects(raw, "SecondarySources"), inner(raw, "Cache")):
        if item.get("Type") in (*GIT, "S3") and "Location" not in item:
            yield Mistake(item.place, f"Location is missing: {item['Type']} requires it")
    if source == "NO_SOURCE" and re.fullmatch(r"[\w./-]*", with_holes(project.buildspec)):
        yield Mistake(project.at("Source"), "NO_SOURCE has no files: write the buildspec inline")
    for *part, key, kind, kinds in (
        ("Source", "ReportBuildStatus", source, GIT),
        ("Artifacts", "EncryptionDisabled", project.artifacts, ("S3", PIPELINE)),
        ("Triggers", "Webhook", source, GIT),
        ("BadgeEnabled", source, (*GIT, "CODECOMMIT")),
    ):
        value = reduce(inner, part, raw).get(key)
        if value in (True, "true") and is_known(kind) and kind not in kinds:
            yield Mistake(project.at(*part, key), f"{kind} does not support {key}: remove it")
    for group in items(inner(raw, "Triggers"), "FilterGroups"):
        types = [each.get("Type") for each in group] if isinstance(group, Items) else []
        if types and is_known(*types) and "EVENT" not in types:
            yield Mistake(group.place, "no filter of type EVENT: add one")


@pipeline_rule("E9210", f"{CODEBUILD_GUIDE}/build-env-ref-available.html", projects)
def images_fit_types(project: Project) -> Iterator[Mistake]:
    """A CodeBuild image exists and matches the environment type.

    Its name, its architecture, and whether it is for Lambda or for Windows.
    """
    image, place = project.image, project.at("Environment", "Image")
    if not is_known(image) or not image.startswith(OF_CODEBUILD):
        return
    if not PROVIDED.fullmatch(image):
        yield Mistake(place, f"CodeBuild has no image {image}: correct the name")
    elif project.raw["Environment"].get("ImagePullCredentialsType") == "SERVICE_ROLE":
        yield Mistake(place, f"{image} needs ImagePullCredentialsType CODEBUILD")
    elif is_known(project.type) and not project.type.endswith(WITHOUT_CONTAINER):
        # What the environment's type asks for, and whether the image is that.
        fits = {
            "ARM": (project.type.startswith("ARM_"), "aarch64" in image),
            "Lambda": (project.on_lambda, "-lambda-" in image),
            "Windows": (project.type.startswith("WINDOWS_"), "windows-" in image),
        }
        for what, (asked, has) in fits.items():
            if asked != has:
                kind = f"{'' if has else 'not '}for {what}"
                message = f"{image} is {kind}, and the environment is {project.type}: change one"
                yield Mistake(place, message)


def compute(project: Project) -> Iterator[Mistake]:
    """Yield whether the size is not one of the environment's type."""
    place = project.at("Environment", "ComputeType")
    if project.on_lambda != ("LAMBDA" in project.compute):
        size = "BUILD_LAMBDA_..." if project.on_lambda else "BUILD_GENERAL1_..."
        yield Mistake(place, f"{project.type} does not run on {project.compute}: use {size}")
    elif not project.fleet and IN_FLEETS.fullmatch(f"{project.type} {project.compute}"):
        yield Mistake(place, f"{project.type} has no {project.compute}: use another size")


def on_lambda(project: Project) -> Iterator[Mistake]:
    """Yield what Lambda compute does not have."""
    settings: dict[tuple[str, ...], Any] = {
        **{(name,): project.raw.get(name) for name in NOT_ON_LAMBDA},
        ("Cache",): project.cache,
        ("Environment", "PrivilegedMode"): project.raw["Environment"].get("PrivilegedMode"),
    }
    for path, value in settings.items():
        is_off = value in (None, "", False, "false", "NO_CACHE")
        if not is_off and not isinstance(value, Unknown | Text):
            message = f"{project.compute} has no {path[-1]}: remove it, or use a container"
            yield Mistake(project.at(*path), message)
