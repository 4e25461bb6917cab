"""Sections and keys of a buildspec, as CodeBuild reads them.

Source: CodeBuild User Guide, "Build specification reference for CodeBuild".
"""

from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.buildspec import PHASES, Buildspec
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Project

VERSION = "0.2"
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
    ),
    "cache": ("key", "fallback-keys", "action", "paths"),
    "proxy": ("upload-artifacts", "logs"),
}
PHASE_KEYS = ("run-as", "on-failure", "runtime-versions", "commands", "finally", "steps")
REPORT_KEYS = ("file-format", "files", "base-directory", "discard-paths")
FORMATS = (
    *("CUCUMBERJSON", "JUNITXML", "NUNITXML", "NUNIT3XML", "TESTNGXML", "VISUALSTUDIOTRX"),
    *("CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"),
)


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield what CodeBuild would not understand."""
    for name, project in delivery.projects.items():
        path = f"{project.path}.Source.BuildSpec"
        if name in delivery.broken:
            yield Mistake(path=path, message=f"{delivery.broken[name]}: correct it")
            continue
        spec = delivery.buildspecs[name]
        for message in mistakes(spec, project):
            yield Mistake(path=path, message=f"{spec.place}: {message}")


def mistakes(spec: Buildspec, project: Project) -> Iterator[str]:
    """Yield what is wrong with a buildspec."""
    if str(spec.content.get("version")) != VERSION:
        yield f"version is {spec.content.get('version')}: set it to {VERSION}"
    for section, keys in KEYS.items():
        content = spec.section(section) if section else spec.content
        where = f"{section}." if section else ""
        if section in spec.content and not isinstance(spec.content[section], Mapping):
            yield f"{section} has to be an object"
        yield from unknown(content, keys, where)
    if not spec.section("phases"):
        yield "there are no phases, so it does nothing: add build"
    for name in spec.section("phases"):
        if name in PHASES:
            yield from phase(name, spec.section("phases", name), on_lambda=project.on_lambda)
    for name, content in spec.reports.items():
        yield from report(name, content)
    secondary = spec.section("artifacts", "secondary-artifacts")
    for name, content in (*secondary.items(), ("", spec.section("artifacts"))):
        where = f"artifacts.secondary-artifacts.{name}" if name else "artifacts"
        if content and "files" not in content and not (secondary and not name):
            yield f"{where} has no files: say which"


def unknown(content: Mapping[str, Any], keys: tuple[str, ...], where: str) -> Iterator[str]:
    """Yield keys that mean nothing."""
    for key in content:
        if key not in keys:
            yield f"{where}{key} is not known: use one of {', '.join(keys)}"


def phase(name: str, content: Mapping[str, Any], *, on_lambda: bool) -> Iterator[str]:
    """Yield what is wrong with a phase."""
    where = f"phases.{name}"
    yield from unknown(content, PHASE_KEYS, f"{where}.")
    if not content.get("commands") and "runtime-versions" not in content:
        yield f"{where} has no commands: add some, or remove it"
    for block in ("commands", "finally"):
        commands = content.get(block, [])
        if not isinstance(commands, list):
            yield f"{where}.{block} has to be a list"
            continue
        for command in commands:
            if not isinstance(command, str):
                yield f"{where}.{block}: {command!r} is not a text: put it in quotes"
    if "runtime-versions" in content and name != "install":
        yield f"{where}.runtime-versions belongs into phases.install"
    if on_lambda and "runtime-versions" in content:
        yield f"{where}.runtime-versions: Lambda's images have one version each: remove it"
    if on_lambda and "run-as" in content:
        yield f"{where}.run-as: Lambda compute has one user: remove it"


def report(name: str, content: Any) -> Iterator[str]:
    """Yield what is wrong with a report."""
    where = f"reports.{name}"
    if not isinstance(content, Mapping):
        yield f"{where} has to be an object"
        return
    yield from unknown(content, REPORT_KEYS, f"{where}.")
    if not content.get("files"):
        yield f"{where} has no files: say which"
    kind = str(content.get("file-format", "JUNITXML")).upper()
    if kind not in FORMATS:
        yield f"{where}.file-format {kind} is not known: use one of {', '.join(FORMATS)}"
