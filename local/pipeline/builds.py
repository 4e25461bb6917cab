"""CodeBuild actions: a build in a folder that holds its input artifacts and nothing else."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from local.emulator import EmulatorSession
from local.pipeline import confined, environment, images, reports, shell
from local.pipeline.artifacts import matching
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from serverlessapp.template.pipeline.buildspec import Buildspec, BuildspecError, find
from serverlessapp.template.pipeline.elements import Action, Project

# CodeBuild's own, where a project has none.
MINUTES, LAMBDA_MINUTES = 60, 15


@dataclass(frozen=True, kw_only=True)
class Build:
    """What a build hands on, and its test reports."""

    exports: dict[str, str]
    reports: tuple[reports.TestReport, ...]


def run(
    execution: Execution,
    action: Action,
    project: Project,
    *,
    session: EmulatorSession,
    pipeline: str,
) -> Build:
    """Run a build, from the execution's input artifacts to its output artifacts."""
    with tempfile.TemporaryDirectory(
        prefix="build-", dir=execution.folder, ignore_cleanup_errors=True
    ) as name:
        tmp = Path(name)
        inputs = [action.primary, *(each for each in action.inputs if each != action.primary)]
        # Below /tmp, as there; what is in it is given back by relative paths.
        sources = {each: tmp / "codebuild" / f"src-{each}" for each in inputs}
        for each, into in sources.items():
            execution.artifacts.unpack(each, into)
        scratch = tmp / "codebuild" / "phases"
        scratch.mkdir(parents=True)
        source = sources[action.primary]
        try:
            spec = find(project.buildspec, source)
        except BuildspecError as error:
            raise PipelineError(str(error)) from error
        if spec is None:
            raise PipelineError(f"{project.buildspec}: only buildspecs in the source can run here")
        image = images.of(project)
        shut = image.confined and confined.works()
        caches = [path for path in [environment.caches()] if path.is_dir()]
        start = str(inside(source, tmp, shut=shut))
        within = confined.command(tmp, start, caches) if shut else confined.OPEN
        known = environment.of_build(
            execution,
            action,
            project,
            spec,
            session=session,
            sources={each: inside(path, tmp, shut=shut) for each, path in sources.items()},
            tmp=tmp,
            pipeline=pipeline,
        )
        default = LAMBDA_MINUTES if project.on_lambda else MINUTES
        try:
            exports = shell.run(
                spec,
                source=source,
                scratch=scratch,
                environment={**known, "PHASES": str(inside(scratch, tmp, shut=shut))},
                log=execution.log(action),
                timeout=60 * float(project.raw.get("TimeoutInMinutes", default)),
                stopped=execution.stopped,
                memory=images.memory(project.compute),
                within=within if image.confined else (),
            )
        except PipelineError as error:
            failed = sum(report.failures for report in reports.read(spec, source))
            raise PipelineError(f"{error}, {failed} tests failed" if failed else str(error)) from (
                error
            )
        for variable, value in exports.items():
            if not value:
                raise PipelineError(f"exported variable {variable} is empty")
        hand_over(execution, action, spec, source)
        return Build(exports=exports, reports=tuple(reports.read(spec, source)))


def inside(path: Path, tmp: Path, *, shut: bool) -> Path:
    """Return what a path is called where a build runs."""
    return images.TMP / path.relative_to(tmp) if shut else path


def hand_over(execution: Execution, action: Action, spec: Buildspec, source: Path) -> None:
    for name in action.outputs:
        section = spec.artifact(name, alone=len(action.outputs) == 1)
        base, files = matching(source, section)
        flat = str(section.get("discard-paths", "no")).lower() in ("yes", "true")
        execution.artifacts.put(name, base, files, flat=flat)
