"""Conditions of stages have results and rules that are allowed where they stand."""

import re
from collections.abc import Iterator, Mapping

from serverlessapp.rules.pipelines.actions import is_slip
from serverlessapp.rules.pipelines.changes import EXECUTE, PREPARE
from serverlessapp.rules.pipelines.rule import (
    USER_GUIDE,
    is_known,
    may_be,
    misfits,
    missing,
    pipeline_rule,
    pipelines,
)
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.elements import Condition, Pipeline, StageRule

RESULTS = {
    "BeforeEntry": ("FAIL", "SKIP"),
    "OnSuccess": ("FAIL", "ROLLBACK"),
    "OnFailure": ("FAIL", "RETRY", "ROLLBACK", "SKIP"),
}
SKIPPING = ("LambdaInvoke", "VariableCheck")
# Required and optional keys of each rule's configuration.
RULES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "CloudWatchAlarm": (("AlarmName",), ("AlarmStates", "WaitTime")),
    "CodeBuild": (("ProjectName",), ("PrimarySource", "EnvironmentVariables")),
    "Commands": ((), ()),
    "DeploymentWindow": (("Cron",), ("TimeZone",)),
    "LambdaInvoke": (("FunctionName",), ("UserParameters",)),
    "VariableCheck": (("Variable", "Operator", "Value"), ()),
}
STATE = "(ALARM|OK|INSUFFICIENT_DATA)"
VALUES = {
    "AlarmStates": f"{STATE}(,{STATE})*",
    "Operator": "EQ|NE|CONTAINS|MATCHES",
    "WaitTime": "[0-9]+",  # minutes
}


@pipeline_rule("E9218", f"{USER_GUIDE}/stage-conditions.html", pipelines)
def conditions_can_hold(pipeline: Pipeline) -> Iterator[Mistake]:
    """A condition has a result and rules that its stage event allows.

    Results by place, rules that can skip a stage, and their configuration.
    """
    for stage in pipeline.stages:
        for condition in stage.conditions:
            yield from result(condition)
            for rule in condition.rules:
                yield from configuration(rule)


@pipeline_rule("E9219", f"{USER_GUIDE}/stage-rollback.html", pipelines)
def failures_can_be_handled(pipeline: Pipeline) -> Iterator[Mistake]:
    """A stage's failure handling is possible.

    No rollback of a source or in PARALLEL mode, no retry of a used change set.
    """
    for stage in pipeline.stages:
        if stage.retry and not may_be(stage.failure, "RETRY"):
            message = f"it has no effect with {stage.failure or 'no Result'}: set Result to RETRY"
            yield Mistake(stage.at("OnFailure", "RetryConfiguration"), message)
        results = {stage.failure, *(condition.result for condition in stage.conditions)}
        if "ROLLBACK" in results and pipeline.mode == "PARALLEL":
            message = (
                "PARALLEL does not support rollback: use QUEUED or SUPERSEDED, or remove ROLLBACK"
            )
            yield Mistake(pipeline.at("ExecutionMode"), message)
        if "ROLLBACK" in results and stage is pipeline.stages[0]:
            yield Mistake(stage.at(), "a source stage cannot roll back: remove ROLLBACK")
        modes = [action.configuration.get("ActionMode") for action in stage.actions]
        is_made_again = may_be(stage.retry, "ALL_ACTIONS") and any(
            may_be(mode, PREPARE) for mode in modes
        )
        if stage.failure == "RETRY" and EXECUTE in modes and not is_made_again:
            yield Mistake(
                stage.at("OnFailure"),
                f"a change set can be executed only once, so a retry needs {PREPARE} in the same "
                "stage and ALL_ACTIONS: use them, or ROLLBACK",
            )


def result(condition: Condition) -> Iterator[Mistake]:
    """Yield whether a condition has a result that is not possible."""
    allowed = RESULTS[condition.when]
    if is_known(condition.result) and condition.result not in allowed:
        message = f"{condition.result or 'no Result'} is not allowed in {condition.when}: use "
        yield Mistake(condition.at("Result"), message + " or ".join(allowed))
    if not condition.rules:
        yield Mistake(condition.at(), "no Rules: add one")
    for rule in condition.rules if condition.result == "SKIP" else ():
        if is_known(rule.provider) and rule.provider not in SKIPPING:
            choice = " or ".join(SKIPPING)
            message = f"{rule.provider} cannot skip a stage: use {choice}, or FAIL"
            yield Mistake(rule.at("RuleTypeId", "Provider"), message)


def configuration(rule: StageRule) -> Iterator[Mistake]:
    """Yield what a rule's configuration lacks, or cannot have."""
    if not is_known(rule.provider):
        return
    if rule.provider not in RULES:
        message = f"unknown rule {rule.provider}: use one of {', '.join(RULES)}"
        yield Mistake(rule.at("RuleTypeId", "Provider"), message)
        return
    required, optional = RULES[rule.provider]
    yield from missing(rule, required, rule.provider)
    yield from misfits(rule, VALUES)
    if rule.provider == "Commands" and not rule.raw.get("Commands"):
        yield Mistake(rule.at(), "Commands needs at least one: add it")
    for key, value in rule.configuration.items():
        if key not in (*required, *optional) and is_slip(key, (*required, *optional)):
            message = f"{rule.provider} has no setting {key}: correct or remove it"
            yield Mistake(rule.at("Configuration", key), message)
        elif key == "Value" and rule.configuration.get("Operator") == "MATCHES":
            try:
                re.compile(value if is_known(value) and "#{" not in value else "")
            except (re.error, RecursionError, OverflowError) as error:
                message = f"{value} is not a valid regular expression: {error}"
                yield Mistake(rule.at("Configuration", key), message)
