"""CodeBuild actions: a build in a folder that holds its input artifacts and nothing else."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.emulator import EmulatorSession
from local.pipeline import environment, shell
from local.pipeline import reports as test_reports
from local.pipeline.execution import ActionError, Execution
from local.pipeline.globs import NothingMatchesError, matching
from local.pipeline.reports import Report, ReportError
from local.pipeline.shell import ShellError
from serverlessapp.template.pipeline.buildspec import Buildspec, BuildspecError, find
from serverlessapp.template.pipeline.elements import Action, Project

# CodeBuild's own, where a project has none.
MINUTES, LAMBDA_MINUTES = 60, 15


@dataclass(frozen=True, kw_only=True)
class Build:
    """What a build hands on."""

    exports: dict[str, str]
    reports: tuple[Report, ...]
    seconds: dict[str, float]


def run(
    execution: Execution,
    action: Action,
    project: Project,
    *,
    session: EmulatorSession,
    pipeline: str,
) -> Build:
    """Run a build.

    Args:
        execution: With the input artifacts; gets the output artifacts.
        action: What runs it.
        project: What is run.
        session: Of the emulator, in the action's Region.
        pipeline: Name of the pipeline.

    Raises:
        ActionError: A command failed, or what was promised is not there.
        ArtifactError: An input artifact is not there.
    """
    log = execution.folder / "logs" / f"{action.stage}.{action.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="build-", dir=execution.folder))
    try:
        return in_folder(
            folder, log, execution, action, project, session=session, pipeline=pipeline
        )
    except (ShellError, BuildspecError, NothingMatchesError, ReportError) as error:
        raise ActionError(str(error), log if log.exists() else None) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def in_folder(
    folder: Path,
    log: Path,
    execution: Execution,
    action: Action,
    project: Project,
    *,
    session: EmulatorSession,
    pipeline: str,
) -> Build:
    """Run a build in an empty folder."""
    inputs = [action.primary, *(name for name in action.inputs if name != action.primary)]
    sources = {name: folder / f"src-{name}" for name in inputs}
    for name, into in sources.items():
        execution.artifacts.unpack(name, into)
    home, scratch = folder / "home", folder / "phases"
    home.mkdir()
    scratch.mkdir()
    source = sources[action.primary]
    spec = find(project.buildspec, source)
    default = LAMBDA_MINUTES if project.on_lambda else MINUTES
    known = environment.of_build(
        execution,
        action,
        project,
        spec,
        session=session,
        sources=sources,
        home=home,
        pipeline=pipeline,
    )
    timeout = 60 * float(project.raw.get("TimeoutInMinutes", default))
    try:
        outcome = shell.run(
            spec,
            source=source,
            scratch=scratch,
            environment=known,
            log=log,
            timeout=timeout,
            stopped=execution.stopped,
        )
    except ShellError as error:
        failed = sum(report.failures for report in test_reports.read(spec, source))
        raise ShellError(f"{error}, {failed} tests failed" if failed else str(error)) from error
    for name, value in outcome.exports.items():
        if not value:
            raise ShellError(f"{name} is exported and empty")
    hand_over(execution, action, spec, source)
    return Build(
        exports=dict(outcome.exports),
        reports=tuple(test_reports.read(spec, source)),
        seconds=dict(outcome.seconds),
    )


def hand_over(execution: Execution, action: Action, spec: Buildspec, source: Path) -> None:
    """Make the output artifacts."""
    for name in action.outputs:
        section = spec.artifact(name, alone=len(action.outputs) == 1)
        base, files = matching(source, section)
        flat = str(section.get("discard-paths", "no")).lower() in ("yes", "true")
        execution.artifacts.put(name, base, files, flat=flat)
