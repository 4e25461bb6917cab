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
from local.pipeline.screen import Screen
from serverlessapp.template.pipeline.elements import Action, Stage

ROLLBACK, RETRY, SKIP = "ROLLBACK", "RETRY", "SKIP"


def run(machine: Machine, execution: Execution, stage: Stage, screen: Screen) -> StageRecord:
    """Run a stage and tell how it went."""
    record = StageRecord(name=stage.name)
    screen.stage(stage.name)
    try:
        result, why = conditions(machine, execution, stage, "BeforeEntry")
    except PipelineError as error:
        return failed(record, str(error), screen)
    if result == SKIP:
        record.status, record.message = Status.SKIPPED, why
        screen.note(f"skipped: {why}")
        return record
    if result:
        return failed(record, why, screen)
    attempt(machine, execution, stage, record, screen)
    if record.status is Status.FAILED and stage.failure == RETRY:
        screen.note("it is tried again")
        attempt(machine, execution, stage, record, screen, only_failed=stage.retry != "ALL_ACTIONS")
    result = stage.failure if record.status is Status.FAILED else ""
    if record.status is Status.SUCCEEDED:
        try:
            result, why = conditions(machine, execution, stage, "OnSuccess")
        except PipelineError as error:
            result, why = "FAIL", str(error)
        if result:
            failed(record, why, screen)
    if result == ROLLBACK:
        roll_back(machine, stage, record, screen)
    if record.status is Status.SUCCEEDED:
        machine.delivered[stage.name] = execution
    return record


def failed(record: StageRecord, why: str, screen: Screen) -> StageRecord:
    """Note that a stage failed."""
    record.status, record.message = Status.FAILED, why
    screen.note(f"failed: {why}")
    return record


def conditions(machine: Machine, execution: Execution, stage: Stage, when: str) -> tuple[str, str]:
    """Return the result of the first condition that does not hold, and why; else nothing.

    Raises:
        PipelineError: A variable or an alarm does not exist.
    """
    for condition in stage.conditions:
        if condition.when != when:
            continue
        if why := rules.broken(execution, condition, machine.client):
            return condition.result, why
    return "", ""


def attempt(
    machine: Machine,
    execution: Execution,
    stage: Stage,
    record: StageRecord,
    screen: Screen,
    *,
    only_failed: bool = False,
) -> None:
    """Run the actions, those with the same RunOrder at the same time.

    Args:
        machine: Runs them.
        execution: Which they belong to.
        stage: With the actions.
        record: Gets how they went, and the stage's status.
        screen: Shows it.
        only_failed: Leave out actions that succeeded before.
    """
    done = {one.name for one in record.actions if one.status is Status.SUCCEEDED}
    record.status, record.message = Status.SUCCEEDED, ""
    for step in stage.steps():
        actions = [one for one in step if not (only_failed and one.name in done)]
        if not actions:
            continue
        records = together(machine, execution, actions, screen)
        record.actions += records
        if wrong := [one for one in records if one.status is Status.FAILED]:
            record.status = Status.FAILED
            record.message = "; ".join(f"{one.name}: {one.message}" for one in wrong)
            return


def together(
    machine: Machine, execution: Execution, actions: list[Action], screen: Screen
) -> list[ActionRecord]:
    """Run actions at the same time; whoever interrupts one, interrupts all."""
    if len(actions) == 1:  # an approval has to be asked in the thread that Ctrl-C interrupts
        return [act(machine, execution, actions[0], screen)]
    with ThreadPoolExecutor(len(actions)) as pool:
        running = [pool.submit(act, machine, execution, one, screen) for one in actions]
        try:
            return [future.result() for future in running]
        except BaseException:
            execution.stopped.set()
            raise


def act(machine: Machine, execution: Execution, action: Action, screen: Screen) -> ActionRecord:
    """Run an action, and show that it runs and how it went."""
    with screen.running(action.name):
        record = machine.run(execution, action)
    screen.action(record)
    return record


def roll_back(machine: Machine, stage: Stage, record: StageRecord, screen: Screen) -> None:
    """Run the stage again with the last execution that it delivered, if there is one."""
    target = machine.delivered.get(stage.name)
    if target is None:
        screen.note("nothing to roll back to: it has never succeeded since the pipeline changed")
        return
    screen.note(f"rolled back to {target.commit[:7]}")
    again = StageRecord(name=stage.name)
    attempt(machine, target, stage, again, screen)
    record.actions += again.actions
    record.rolled_back_to = target.id if again.status is Status.SUCCEEDED else ""
    if again.status is Status.FAILED:
        screen.note(f"the rollback failed: {again.message}")
