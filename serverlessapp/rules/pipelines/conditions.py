"""Conditions of stages have results and rules that are allowed where they stand.

Source: CodePipeline User Guide, "Configure conditions for a stage", "Rule structure reference",
and "Configure automatic stage rollback".
"""

import re
from collections.abc import Iterator, Mapping

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Condition, Pipeline, Rule, Stage

RESULTS = {
    "BeforeEntry": ("FAIL", "SKIP"),
    "OnSuccess": ("FAIL", "ROLLBACK"),
    "OnFailure": ("FAIL", "RETRY", "ROLLBACK"),
}
ON_FAILURE = ("FAIL", "RETRY", "ROLLBACK")
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
OPERATORS = ("EQ", "NE", "CONTAINS", "MATCHES")
STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
PREPARE, EXECUTE = "CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE"


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield conditions that CodePipeline refuses, or that cannot do what they promise."""
    for pipeline in delivery.pipelines:
        for stage in pipeline.stages:
            yield from failure(pipeline, stage)
            for condition in stage.conditions:
                yield from result(condition)
                for rule in condition.rules:
                    yield from configuration(rule)


def failure(pipeline: Pipeline, stage: Stage) -> Iterator[Mistake]:
    """Yield what a stage cannot do when it fails."""
    path = f"{stage.path}.OnFailure"
    if stage.failure and stage.failure not in ON_FAILURE:
        message = f"{stage.failure} is not possible here: use one of {', '.join(ON_FAILURE)}"
        yield Mistake(path=f"{path}.Result", message=message)
    if stage.retry and stage.failure != "RETRY":
        message = f"it is not used with {stage.failure or 'no Result'}: set Result to RETRY"
        yield Mistake(path=f"{path}.RetryConfiguration", message=message)
    results = {stage.failure, *(condition.result for condition in stage.conditions)}
    if "ROLLBACK" in results and pipeline.mode == "PARALLEL":
        message = "PARALLEL has no rollback: use QUEUED or SUPERSEDED, or no ROLLBACK"
        yield Mistake(path=f"{pipeline.path}.ExecutionMode", message=message)
    if "ROLLBACK" in results and stage is pipeline.stages[0]:
        yield Mistake(path=stage.path, message="a source stage has no rollback: remove ROLLBACK")
    if stage.failure == "RETRY":
        yield from retry(stage)


def retry(stage: Stage) -> Iterator[Mistake]:
    """Yield whether a retry would execute a change set that is used up."""
    modes = {action.configuration.get("ActionMode") for action in stage.actions}
    if EXECUTE not in modes:
        return
    if stage.retry != "ALL_ACTIONS" or PREPARE not in modes:
        yield Mistake(
            path=f"{stage.path}.OnFailure",
            message=f"executing a change set uses it up, so only {PREPARE} in the same stage and "
            "ALL_ACTIONS can be tried again: use them, or ROLLBACK",
        )


def result(condition: Condition) -> Iterator[Mistake]:
    """Yield whether a condition has a result that is not possible."""
    path = f"{condition.path}.Result"
    allowed = RESULTS[condition.when]
    if condition.result not in allowed:
        message = f"{condition.result or 'no Result'} is not possible in {condition.when}: use "
        yield Mistake(path=path, message=message + " or ".join(allowed))
    if not condition.rules:
        yield Mistake(path=condition.path, message="it has no Rules: add one")
    if condition.result == "SKIP":
        for rule in condition.rules:
            if rule.provider not in SKIPPING:
                choice = " or ".join(SKIPPING)
                message = f"{rule.provider} cannot skip a stage: use {choice}, or FAIL"
                yield Mistake(path=f"{rule.path}.RuleTypeId.Provider", message=message)


def configuration(rule: Rule) -> Iterator[Mistake]:
    """Yield what a rule's configuration lacks, or cannot have."""
    if rule.provider not in RULES:
        path = f"{rule.path}.RuleTypeId.Provider"
        message = f"there is no rule {rule.provider}: use one of {', '.join(RULES)}"
        yield Mistake(path=path, message=message)
        return
    path = f"{rule.path}.Configuration"
    required, optional = RULES[rule.provider]
    for key in required:
        if key not in rule.configuration:
            yield Mistake(path=path, message=f"{key} is missing: {rule.provider} needs it")
    for key, value in rule.configuration.items():
        if key not in (*required, *optional):
            message = f"{rule.provider} knows no {key}: correct or remove it"
            yield Mistake(path=f"{path}.{key}", message=message)
        elif message := wrong(key, value, rule.configuration):
            yield Mistake(path=f"{path}.{key}", message=message)


def wrong(key: str, value: str, given: Mapping[str, str]) -> str:
    """Return what is wrong with a value; empty if nothing is."""
    if key == "Operator" and value not in OPERATORS:
        return f"{value} is none: use one of {', '.join(OPERATORS)}"
    if key == "AlarmStates" and not set(value.split(",")) <= set(STATES):
        return f"{value}: use {', '.join(STATES)}, with commas and no spaces"
    if key == "WaitTime" and not value.isdigit():
        return f"{value!r} has to be minutes, a number"
    if key == "Value" and given.get("Operator") == "MATCHES":
        try:
            re.compile(value)
        except re.error as error:
            return f"{value} is no regular expression: {error}"
    return ""
