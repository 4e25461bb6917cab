"""A push goes through the pipeline, from its source to production."""

import time
from collections.abc import Collection, Iterator
from pathlib import Path

from local.pipeline import stages
from local.pipeline.execution import Execution
from local.pipeline.machine import Machine
from local.pipeline.record import ExecutionRecord, PushRecord, Status
from serverlessapp.rules.pipelines.variables import OF_EXECUTION, OWN, REFERENCE
from serverlessapp.template.pipeline.elements import Pipeline, Stage

# The first changes the pipeline, the second runs it; a third would mean that it never rests.
EXECUTIONS = 2


def push(machine: Machine, folder: Path, wanted: Collection[str] | None = None) -> PushRecord:
    """Deliver the last commit of the checkout, with artifacts and logs in a folder.

    Only the ``wanted`` stages run, all by default; the source always does.
    """
    record = PushRecord()
    started = time.monotonic()
    while True:
        made = through(machine, machine.begin(folder), wanted)
        record.executions.append(made)
        record.seconds = round(time.monotonic() - started, 2)
        if made.status is not Status.STOPPED:
            return record
        if len(record.executions) == EXECUTIONS:
            made.status = Status.FAILED
            machine.screen.note("the pipeline changes itself on every run")
            return record
        machine.screen.note("the pipeline has changed itself: the push starts again")


def through(
    machine: Machine, execution: Execution, wanted: Collection[str] | None
) -> ExecutionRecord:
    """Run the stages of an execution, until one fails or the pipeline changes."""
    record = ExecutionRecord(id=execution.id)
    pipeline = machine.launched.pipeline
    execution.variables[OF_EXECUTION] = pipeline.variables
    machine.running.append(execution)
    try:
        for stage in chosen(pipeline, wanted):
            made = stages.run(machine, execution, stage)
            record.stages.append(made)
            if made.status in (Status.FAILED, Status.CANCELLED):
                record.status = made.status
                break
            if execution.changed:
                record.status = Status.STOPPED
                break
    finally:
        machine.running.remove(execution)
    record.commit = execution.commit
    record.variables = {name: dict(values) for name, values in execution.variables.items()}
    return record


def chosen(pipeline: Pipeline, wanted: Collection[str] | None) -> Iterator[Stage]:
    """Yield the stages that are wanted; one that only fetches the source always is."""
    for stage in pipeline.stages:
        only_source = all(action.category == "Source" for action in stage.actions)
        if wanted is None or only_source or stage.name in wanted:
            yield stage


def missing(pipeline: Pipeline, wanted: Collection[str] | None) -> Iterator[str]:
    """Yield what some stages need and none of them gives: artifacts, namespaces of variables."""
    given = {OWN, OF_EXECUTION}
    for stage in chosen(pipeline, wanted):
        for step in stage.steps():
            for action in step:
                texts = " ".join(action.configuration.values())
                used = (namespace for namespace, _ in REFERENCE.findall(texts))
                yield from (name for name in (*action.inputs, *used) if name not in given)
            given.update(name for action in step for name in (*action.outputs, action.namespace))
