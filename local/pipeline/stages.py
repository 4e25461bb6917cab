"""A stage of an execution: conditions, actions in parallel, retry and rollback.

Source: CodePipeline User Guide, "How do stage conditions work?", "Configure automatic stage retry",
"Configure stage rollback".
"""

from concurrent.futures import ThreadPoolExecutor

from local.pipeline import rules
from local.pipeline.errors import PipelineError
from local.pipeline.execution import Execution
from local.pipeline.machine import Machine
from local.pipeline.record import ActionRecord, StageRecord, Status
from serverlessapp.template.pipeline.elements import Action, Stage

ROLLBACK, RETRY, SKIP = "ROLLBACK", "RETRY", "SKIP"


def run(machine: Machine, execution: Execution, stage: Stage) -> StageRecord:
    """Run a stage when no other execution is in it, and tell how it went."""
    with machine.occupied[stage.name]:
        return inside(machine, execution, stage)


def inside(machine: Machine, execution: Execution, stage: Stage) -> StageRecord:
    """Run a stage that is free."""
    record = StageRecord(name=stage.name)
    machine.screen.stage(stage.name)
    result, why = conditions(execution, stage, "BeforeEntry")
    if result == SKIP:
        record.status, record.message = Status.SKIPPED, why
        machine.screen.note(f"skipped: {why}")
        return record
    if result:
        return failed(machine, record, why)
    attempt(machine, execution, stage, record)
    if record.status is Status.FAILED and stage.failure == RETRY:
        machine.screen.note("retrying")
        attempt(machine, execution, stage, record, only_failed=stage.retry != "ALL_ACTIONS")
    result = stage.failure if record.status is Status.FAILED else ""
    if record.status is Status.SUCCEEDED:
        result, why = conditions(execution, stage, "OnSuccess")
        if result:
            failed(machine, record, why)
    if result == ROLLBACK:
        roll_back(machine, execution, stage, record)
    if record.status is Status.SUCCEEDED:
        machine.delivered[stage.name] = execution
    return record


def failed(machine: Machine, record: StageRecord, why: str) -> StageRecord:
    record.status, record.message = Status.FAILED, why
    machine.screen.note(f"failed: {why}")
    return record


def conditions(execution: Execution, stage: Stage, when: str) -> tuple[str, str]:
    """Return the result of the first condition that does not hold, and why; else nothing."""
    for condition in stage.conditions:
        if condition.when != when:
            continue
        try:
            if why := rules.broken(execution, condition):
                return condition.result, why
        except PipelineError as error:
            return "FAIL", str(error)
    return "", ""


def attempt(
    machine: Machine,
    execution: Execution,
    stage: Stage,
    record: StageRecord,
    *,
    only_failed: bool = False,
) -> None:
    """Run the actions, those with the same RunOrder at the same time; or only what failed before.

    The record gets how they went, and the stage's status.
    """
    done = {action.name for action in record.actions if action.status is Status.SUCCEEDED}
    record.status, record.message = Status.SUCCEEDED, ""
    for step in stage.steps():
        if execution.cancelled:
            record.status = Status.CANCELLED
            record.message = "the pipeline has changed in the meantime"
            return
        actions = [action for action in step if not (only_failed and action.name in done)]
        if not actions:
            continue
        records = together(machine, execution, actions)
        record.actions += records
        if wrong := [each for each in records if each.status is Status.FAILED]:
            record.status = Status.FAILED
            record.message = "; ".join(f"{each.name}: {each.message}" for each in wrong)
            return


def together(machine: Machine, execution: Execution, actions: list[Action]) -> list[ActionRecord]:
    """Run actions at the same time; whoever interrupts one, interrupts all."""
    if len(actions) == 1:  # an approval has to be asked in the thread that Ctrl-C interrupts
        return [act(machine, execution, actions[0])]
    with ThreadPoolExecutor(len(actions)) as pool:
        running = [pool.submit(act, machine, execution, action) for action in actions]
        try:
            return [future.result() for future in running]
        except BaseException:
            execution.stopped.set()
            raise


def act(machine: Machine, execution: Execution, action: Action) -> ActionRecord:
    """Run an action, and show that it runs and how it went."""
    with machine.screen.running(action.name):
        record = machine.run(execution, action)
    machine.screen.action(record)
    return record


def roll_back(machine: Machine, execution: Execution, stage: Stage, record: StageRecord) -> None:
    """Run this stage alone with the artifacts of the last execution that it delivered, if any.

    That is an execution of its own, with its own ID.
    """
    target, note = machine.delivered.get(stage.name), machine.screen.note
    if target is None:
        note("nothing to roll back to: no successful execution since the pipeline changed")
        return
    note(f"rolled back to {target.commit[:7]}")
    again = StageRecord(name=stage.name)
    attempt(machine, machine.begin(execution.folder.parent, target), stage, again)
    record.actions += again.actions
    record.rolled_back_to = target.id if again.status is Status.SUCCEEDED else ""
    if again.status is Status.FAILED:
        note(f"the rollback failed: {again.message}")
