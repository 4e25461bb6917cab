"""``check``: what is about to be executed is what was reviewed."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.names import CHANGE_SETS, DELIVER, INSPECT
from pipeline.steps.plan import DeliveryPlan
from pipeline.steps.prepared import PreparedChange, prepared
from pipeline.steps.session import CONFIG, home, places
from pipeline.steps.settings import StepSettings
from serverlessapp.diff.model import Risk

ENDED = ("Succeeded", "Failed", "Stopped", "Cancelled", "Superseded")


def check(settings: StepSettings) -> int:
    """Return 0 if each Region's change set is the reviewed one, or goes back to one; else 1."""
    plan = DeliveryPlan.read(settings.plan)
    target = goes_back_to(settings)
    wrong = 0
    if plan.execution != (target or settings.execution):
        settings.say(f"refused: the plan belongs to another execution, {plan.execution}")
        wrong += 1
    for place in places(settings.environment, INSPECT):
        change = prepared(place, CHANGE_SETS[DELIVER], settings.package, settings.environment)
        reasons = list(refusals(settings, plan, change, rolls_back=target is not None))
        wrong += len(reasons)
        for reason in reasons:
            settings.say(f"{place.region}: refused: {reason}")
        if not reasons:
            kind = "the previous deployment" if target else "what was reviewed"
            settings.say(f"{place.region}: {kind if change.executes else 'nothing left to change'}")
    how = f"rolling back to execution {target}" if target else "as reviewed"
    settings.hand_on(f"{wrong} refused; run the Review stage again" if wrong else how)
    return 1 if wrong else 0


def goes_back_to(settings: StepSettings) -> str | None:
    """Return the execution that this one, a rollback, takes back; None for any other.

    A rollback has the variables of its target (CodePipeline User Guide, "Configuring stage
    rollback"). Whether the execution's ID is one of them, no page says: then it is one that ended.
    """
    execution: Mapping[str, Any] = (
        home()
        .client("codepipeline", config=CONFIG)
        .get_pipeline_execution(
            pipelineName=settings.pipeline, pipelineExecutionId=settings.execution
        )["pipelineExecution"]
    )
    if execution.get("executionType") == "ROLLBACK":
        return str(execution["rollbackMetadata"]["rollbackTargetPipelineExecutionId"])
    return settings.execution if execution["status"] in ENDED else None


def refusals(
    settings: StepSettings, plan: DeliveryPlan, change: PreparedChange, *, rolls_back: bool
) -> Iterator[str]:
    """Yield why a Region's change set must not be executed."""
    reviewed = plan.regions.get(change.region)
    if reviewed is None:
        yield "was not reviewed"
    elif rolls_back:
        for words in reviewed.wanted.differences(change.plan.wanted):
            yield f"differs from what was deployed before: {words}"
        if change.risk is Risk.DATA and settings.environment.template.retention.keeps_data:
            for finding in change.difference.findings if change.difference else ():
                if finding.risk is Risk.DATA:
                    yield (
                        f"rolling back puts data at risk: {finding.kind} {finding.subject} "
                        f"({finding.text}); push a fix instead"
                    )
    elif change.executes:
        yield from reviewed.differences(change.plan)
    else:  # it was executed, before something else failed: the stage is tried again
        yield from (
            f"differs from what was reviewed: {words}"
            for words in reviewed.wanted.differences(change.plan.wanted)
        )
