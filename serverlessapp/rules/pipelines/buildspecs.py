"""Sections and keys of a buildspec, as CodeBuild reads them, and where its reports go."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.rules.pipelines.rule import CODEBUILD_GUIDE, is_known, pipeline_rule, whole
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import HOLE, PHASES, Buildspec
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Project
from serverlessapp.template.values import joined

REFERENCE = f"{CODEBUILD_GUIDE}/build-spec-ref.html"
VERSION, OLD = "0.2", "0.1"
KEYS: Mapping[str, tuple[str, ...]] = {
    "": (
        *("version", "run-as", "env", "proxy", "batch", "phases", "reports", "artifacts"),
        *("cache", "mcp-servers"),
    ),
    "env": (
        *("shell", "variables", "parameter-store", "secrets-manager", "exported-variables"),
        "git-credential-helper",
    ),
    "phases": PHASES,
    "artifacts": (
        *("files", "name", "discard-paths", "base-directory", "exclude-paths", "s3-prefix"),
        *("enable-symlinks", "secondary-artifacts"),
        "type",  # zip, in the first examples of AWS's; since then it means nothing
    ),
    "cache": ("key", "fallback-keys", "action", "paths"),
    "proxy": ("upload-artifacts", "logs"),
    "batch": ("fast-fail", "build-list", "build-matrix", "build-graph", "build-fanout"),
}
OBJECTS = (
    *((name,) for name in (*KEYS, "reports") if name),
    *(("phases", name) for name in PHASES),
    *(("env", name) for name in ("variables", "parameter-store", "secrets-manager")),
    *(("phases", "install", "runtime-versions"), ("artifacts", "secondary-artifacts")),
)
ANCHORS = (".", "x-")  # keys that only hold what aliases repeat
PHASE_KEYS = ("run-as", "on-failure", "runtime-versions", "commands", "finally", "steps")
REPORT_KEYS = ("file-format", "files", "base-directory", "discard-paths")
FORMATS = (
    *("CUCUMBERJSON", "JUNITXML", "NUNITXML", "NUNIT3XML", "TESTNGXML", "VISUALSTUDIOTRX"),
    *("CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"),
)
SHELLS = ("bash", "/bin/sh", "sh", "powershell.exe", "cmd.exe", "pwsh")
ON_FAILURE = re.compile(r"ABORT|CONTINUE|RETRY(-.+)?")  # RETRY-<count>, -<regex>, -<count>-<regex>
LAMBDA_PYTHON = re.compile(r"aws/codebuild/.*-lambda-standard:python.*")
VIRTUAL = re.compile(r"\b(venv|virtualenv|pipenv|tox)\b")
PIP_CONFIGURATION = "PIP_CONFIG_FILE"


@pipeline_rule("E9211", REFERENCE, whole)
def buildspecs_make_sense(delivery: Delivery) -> Iterator[Mistake]:
    """A buildspec exists and is valid.

    Sections, phases, commands, artifacts and reports.
    """
    for name, project in delivery.projects.items():
        place = project.at("Source", "BuildSpec")
        if name in delivery.broken:
            yield Mistake(place, f"{delivery.broken[name]}: correct it")
        elif spec := delivery.buildspecs.get(name):
            for message in mistakes(spec, project):
                if HOLE not in message:
                    yield Mistake(place, f"{spec.place}: {message}")


@pipeline_rule("W9211", REFERENCE, whole)
def buildspecs_are_of_today(delivery: Delivery) -> Iterator[Mistake]:
    """A buildspec has version 0.2.

    In version 0.1 each command runs in a shell of its own.
    """
    for name, spec in delivery.buildspecs.items():
        if str(spec.content.get("version")) == OLD:
            yield Mistake(
                delivery.projects[name].at("Source", "BuildSpec"),
                f"{spec.place}: version is {OLD}, which runs each command in a separate shell: "
                f"set it to {VERSION}",
            )


@pipeline_rule("W9210", f"{CODEBUILD_GUIDE}/lambda.html", whole)
def pip_installs_into_environments(delivery: Delivery) -> Iterator[Mistake]:
    """On Lambda compute with Python, pip's configuration file is overridden.

    These images have an /etc/pip.conf with a target, which pip obeys in a virtual environment, too:
    nothing of what is installed gets there, and the exit status is 0 (aws-codebuild-docker-images,
    al-lambda/.../pip.conf). Without a virtual environment, that target is what makes pip work.
    """
    for name, spec in delivery.buildspecs.items():
        project = delivery.projects[name]
        commands = "\n".join(spec.commands())
        told = {*spec.variables, *project.variables}
        if (
            isinstance(project.image, str)
            and LAMBDA_PYTHON.fullmatch(project.image)
            and VIRTUAL.search(commands)
            and PIP_CONFIGURATION not in commands
            and is_known(*told)
            and PIP_CONFIGURATION not in told
        ):
            yield Mistake(
                project.at("Source", "BuildSpec"),
                f"{spec.place}: {project.image} lets pip install outside of virtual "
                f"environments: set {PIP_CONFIGURATION} to /dev/null in env.variables",
            )


@pipeline_rule("W9212", f"{CODEBUILD_GUIDE}/test-report-group-naming.html", whole)
def reports_have_groups(delivery: Delivery) -> Iterator[Mistake]:
    """Reports go to report groups of the template.

    It goes to one that is not here, while nothing goes to one that is. CodeBuild makes a missing
    group by itself, but only with a permission that no role needs, and nobody deletes it with the
    stack.
    """
    # CodeBuild User Guide, "Report group naming": <project>-<report>.
    groups = {
        (name, report): joined([name, f"-{report}"])
        for name, spec in delivery.buildspecs.items()
        for report in spec.reports
        if not ("$" in report or HOLE in report or report.startswith("arn:"))
    }
    idle = delivery.report_groups - set(groups.values())
    for (name, report), group in groups.items():
        if idle and group not in delivery.report_groups:
            yield Mistake(
                delivery.projects[name].at("Source", "BuildSpec"),
                f"{delivery.buildspecs[name].place} reports to {group}, and nothing to "
                f"{', '.join(sorted(map(str, idle)))}: correct the name of {report}",
            )


def mistakes(spec: Buildspec, project: Project) -> Iterator[str]:
    """Yield what is wrong with a buildspec; what has a hole in it is not known."""
    version = str(spec.content.get("version"))
    if version not in (VERSION, OLD) and HOLE not in version:
        yield f"version is {version}: set it to {VERSION}"
    for section, keys in KEYS.items():
        content = spec.section(section) if section else spec.content
        yield from unknown(content, keys, f"{section}." if section else "")
    for *outer, name in OBJECTS:
        given = (spec.section(*outer) if outer else spec.content).get(name)
        if not isinstance(given, Mapping | None) and HOLE not in str(given):
            yield f"{'.'.join((*outer, name))} must be an object"
    shell = str(spec.section("env").get("shell", SHELLS[0]))
    if shell not in SHELLS:
        yield f"unknown env.shell {shell}: use one of {', '.join(SHELLS)}"
    if project.on_lambda and spec.section("cache"):
        yield "cache is not available on Lambda compute: remove it"
    if not {"phases", "batch"} & spec.content.keys():
        yield "no phases: add build"
    for name in spec.section("phases"):
        if name in PHASES:
            yield from phase(name, spec.section("phases", name), on_lambda=project.on_lambda)
    for name, content in spec.reports.items():
        yield from report(name, content)
    secondary = spec.section("artifacts", "secondary-artifacts")
    for name, content in (*secondary.items(), ("", spec.section("artifacts"))):
        where = f"artifacts.secondary-artifacts.{name}" if name else "artifacts"
        if content and "files" not in content and not (secondary and not name):
            yield f"{where} has no files: add them"


def unknown(content: Mapping[str, Any], keys: tuple[str, ...], where: str) -> Iterator[str]:
    """Yield keys that mean nothing."""
    for key in content:
        if key not in keys and not str(key).startswith(ANCHORS):
            yield f"unknown key {where}{key}: use one of {', '.join(keys)}"


def phase(name: str, content: Mapping[str, Any], *, on_lambda: bool) -> Iterator[str]:
    """Yield what is wrong with a phase."""
    where = f"phases.{name}"
    yield from unknown(content, PHASE_KEYS, f"{where}.")
    for block in ("commands", "finally"):
        commands = content.get(block) or []
        if isinstance(commands, dict):
            yield f"{where}.{block} must be a list"
        for command in commands if isinstance(commands, list) else []:
            if isinstance(command, dict | list):
                yield f"{where}.{block}: {command!r} is not a string: quote it"
    if not ON_FAILURE.fullmatch(failure := str(content.get("on-failure", "ABORT"))):
        yield f"unknown {where}.on-failure {failure}: use ABORT, CONTINUE or RETRY"
    if "runtime-versions" in content and name != "install":
        yield f"{where}.runtime-versions must be in phases.install"
    if on_lambda and "runtime-versions" in content:
        yield f"{where}.runtime-versions: Lambda images have a fixed version: remove it"
    if on_lambda and "run-as" in content:
        yield f"{where}.run-as: Lambda compute has a single user: remove it"


def report(name: str, content: Any) -> Iterator[str]:
    """Yield what is wrong with a report."""
    where = f"reports.{name}"
    if not isinstance(content, Mapping):
        yield f"{where} must be an object"
        return
    yield from unknown(content, REPORT_KEYS, f"{where}.")
    if not content.get("files"):
        yield f"{where} has no files: add them"
    kind = str(content.get("file-format", "JUNITXML")).upper()
    if kind not in FORMATS:
        yield f"unknown {where}.file-format {kind}: use one of {', '.join(FORMATS)}"
