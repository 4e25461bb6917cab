"""A push goes through the pipeline, from its source to production."""

import time
from collections.abc import Collection, Iterator
from pathlib import Path

from local.pipeline import stages
from local.pipeline.artifacts import Artifacts
from local.pipeline.execution import Execution, kept_variables
from local.pipeline.machine import Machine
from local.pipeline.record import ExecutionRecord, PushRecord, Status
from serverlessapp.rules.pipelines.variables import OF_EXECUTION, OWN, REFERENCE
from serverlessapp.template.pipeline.elements import Pipeline, Stage

# The first changes the pipeline, the second runs it; a third would mean that it never rests.
EXECUTIONS = 2


def push(
    machine: Machine,
    folder: Path,
    *,
    wanted: Collection[str] | None = None,
    earlier: Path | None = None,
) -> PushRecord:
    """Deliver the last commit of the checkout.

    Args:
        machine: The pipeline.
        folder: For artifacts and logs.
        wanted: Names of the stages to run; all by default. The source always is.
        earlier: Folder of an execution whose artifacts stand in for those of other stages.
    """
    record = PushRecord()
    started = time.monotonic()
    while True:
        execution = Execution(folder=folder / f"execution-{len(executions(folder))}")
        if earlier:
            execution.resume(earlier)
        made = through(machine, execution, wanted)
        execution.save()
        record.executions.append(made)
        record.seconds = round(time.monotonic() - started, 2)
        if made.status is not Status.STOPPED:
            return record
        if len(record.executions) == EXECUTIONS:
            made.status = Status.FAILED
            machine.screen.note("the pipeline changes each time it runs: it has to come to rest")
            return record
        machine.screen.note("the pipeline has changed: the push starts over")


def through(
    machine: Machine, execution: Execution, wanted: Collection[str] | None
) -> ExecutionRecord:
    """Run the stages of an execution, until one fails or changes the pipeline."""
    record = ExecutionRecord(id=execution.id)
    execution.variables[OF_EXECUTION] = machine.launched.pipeline.variables
    for stage in machine.launched.pipeline.stages:
        if not is_wanted(stage, wanted):
            continue
        made = stages.run(machine, execution, stage)
        record.stages.append(made)
        if made.status is Status.FAILED:
            record.status = Status.FAILED
            break
        if machine.changed:
            machine.changed = False
            record.status = Status.STOPPED
            break
    record.commit = execution.commit
    record.variables = {name: dict(values) for name, values in execution.variables.items()}
    return record


def is_wanted(stage: Stage, wanted: Collection[str] | None) -> bool:
    """Tell whether a stage runs; one that only fetches the source always does."""
    only_source = all(action.category == "Source" for action in stage.actions)
    return wanted is None or only_source or stage.name in wanted


def missing(pipeline: Pipeline, wanted: Collection[str], earlier: Path | None) -> Iterator[str]:
    """Yield what some stages need and nothing gives: artifacts, and namespaces of variables."""
    artifacts = Artifacts(earlier / "artifacts").names() if earlier else set()
    namespaces = {OWN, OF_EXECUTION, *(kept_variables(earlier) if earlier else ())}
    for stage in pipeline.stages:
        if not is_wanted(stage, wanted):
            continue
        for step in stage.steps():
            for action in step:
                yield from (name for name in action.inputs if name not in artifacts)
                texts = " ".join(action.configuration.values())
                used = (namespace for namespace, _ in REFERENCE.findall(texts))
                yield from (name for name in used if name not in namespaces)
            artifacts.update(name for action in step for name in action.outputs)
            namespaces.update(action.namespace for action in step)


def executions(folder: Path) -> list[Path]:
    """Return the folders of the executions, in order."""
    return sorted(folder.glob("execution-*"), key=lambda path: int(path.name.rpartition("-")[2]))
