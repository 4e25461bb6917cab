"""A change set that the pipeline prepared, beside the stack and the package that it is about."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from pipeline.delivery import Environment
from pipeline.steps.plan import RegionPlan, StackState
from pipeline.steps.session import StackPlace
from serverlessapp.aws import describe
from serverlessapp.diff import sources
from serverlessapp.diff.difference import difference
from serverlessapp.diff.model import Difference, Risk
from serverlessapp.diff.sources import Source
from serverlessapp.errors import OperatorError
from serverlessapp.template.parameters import is_secret
from serverlessapp.template.reading import Template, parse, read
from serverlessapp.template.structure import check

# What CloudFormation says of an update that changes nothing.
NOTHING = ("didn't contain changes", "No updates are to be performed")
NEW = "REVIEW_IN_PROGRESS"  # a change set was made for a stack that is not there yet
DELETE = "aws cloudformation delete-stack"
# States in which no change set can be executed, and what a person does about it (CloudFormation
# User Guide, "Stack status codes").
STUCK = {
    "ROLLBACK_COMPLETE": DELETE,
    "ROLLBACK_FAILED": DELETE,
    "DELETE_FAILED": DELETE,
    "UPDATE_ROLLBACK_FAILED": "aws cloudformation continue-update-rollback",
}


@dataclass(frozen=True, kw_only=True)
class PreparedChange:
    """What executing a change set would do in one Region."""

    region: str
    stack: str
    plan: RegionPlan
    # Whether it would do anything; one that changes outputs alone has no changes of resources.
    executes: bool
    # From the stack to what it becomes; None for a new one, or if nothing changes.
    difference: Difference | None = None

    @property
    def risk(self) -> Risk:
        """How bad it may be."""
        return self.difference.risk if self.difference else Risk.SAFE


def prepared(
    place: StackPlace, name: str, package: Path, environment: Environment
) -> PreparedChange:
    """Return what a change set does, once it is sure that it is what the package wants.

    Raises:
        OperatorError: There is none, it failed, it holds something else, or the stack can take
            none; says what to do.
    """
    template, given = wanted(package, environment, place.region)
    before = deployed(place)
    plan = RegionPlan(
        base=StackState.of(only(before), before.parameters or {}) if before else None,
        wanted=StackState.of(template, given),
    )
    unchanged = PreparedChange(region=place.region, stack=place.stack, plan=plan, executes=False)
    made = described(place, name)
    if made is None:
        # What CodePipeline leaves of a change set without changes is documented nowhere.
        if not (plan.base and includes(plan.base, plan.wanted)):
            raise OperatorError(
                f"change set {name} of {place.stack} in {place.region} does not exist: retry the "
                "stage from its first action"
            )
        return unchanged
    if made["Status"] == "FAILED" and any(text in made["StatusReason"] for text in NOTHING):
        return unchanged
    if made["Status"] != "CREATE_COMPLETE":
        reason = f"{made['Status']}: {made.get('StatusReason', 'no reason given')}"
        raise OperatorError(f"change set {name} of {place.stack} in {place.region} is {reason}")
    texts = parameters(made, template)
    refuse_another(place, name, plan.wanted, texts)
    after = replace(sources.single(f"change set {name}", template), parameters=texts)
    return replace(
        unchanged,
        plan=replace(plan, changes=tuple(sorted(map(line, made["Changes"])))),
        executes=True,
        difference=difference(before, after) if before else None,
    )


def wanted(package: Path, environment: Environment, region: str) -> tuple[Template, dict[str, str]]:
    """Return the template that a package has for an environment, and the parameters it gives."""
    template = check(read(package / "templates" / f"{environment.template.value}.yaml"))
    path = package / "configurations" / f"{environment.name}.{region}.json"
    try:
        configuration = json.loads(path.read_text(encoding="utf-8"))
        return template, {name: str(text) for name, text in configuration["Parameters"].items()}
    except (OSError, KeyError, ValueError) as error:
        raise OperatorError(f"{path} is not a valid template configuration: {error}") from error


def deployed(place: StackPlace) -> Source | None:
    """Return the stack as it is; None if there is none yet.

    Raises:
        OperatorError: It can take no change now.
    """
    cloudformation = place.client("cloudformation")
    try:
        status = describe(cloudformation, place.stack)["StackStatus"]
    except OperatorError:  # there is no such stack
        return None
    if status == NEW:
        return None
    where = f"{place.stack} in {place.region} is {status}"
    if command := STUCK.get(status):
        options = f"--stack-name {place.stack} --region {place.region}"
        raise OperatorError(f"{where}: run {command} {options}, then retry the stage")
    if status.endswith("_IN_PROGRESS"):
        raise OperatorError(
            f"{where}: another operation is in progress; retry the stage when it has finished"
        )
    return sources.stack(place.stack, place.client)


def described(place: StackPlace, name: str) -> dict[str, Any] | None:
    """Return what CloudFormation says of a change set, with all its changes; None: none."""
    pages = place.client("cloudformation").get_paginator("describe_change_set")
    try:
        every = list(pages.paginate(StackName=place.stack, ChangeSetName=name))
    except ClientError as error:
        missing = error.response["Error"]["Code"] in ("ChangeSetNotFound", "ValidationError")
        if missing and "does not exist" in error.response["Error"]["Message"]:
            return None
        raise
    return {**every[0], "Changes": [change for page in every for change in page["Changes"]]}


def parameters(made: Mapping[str, Any], template: Template) -> dict[str, str | None]:
    """Return the values that a change set gives; None for those that are shown to nobody."""
    forms = template.section("Parameters")
    return {
        item["ParameterKey"]: None
        if is_secret(forms.get(item["ParameterKey"], {}))
        else item.get("ParameterValue")
        for item in made.get("Parameters", [])
    }


def refuse_another(
    place: StackPlace, name: str, package: StackState, texts: Mapping[str, str | None]
) -> None:
    """Refuse a change set that somebody made of something else than the package."""
    body = place.client("cloudformation").get_template(
        StackName=place.stack, ChangeSetName=name, TemplateStage="Original"
    )["TemplateBody"]
    text = body if isinstance(body, str) else json.dumps(body)  # boto3 reads JSON by itself
    held = StackState.of(parse(text, f"the template of change set {name}"), texts)
    if not includes(held, package):
        words = ", ".join(package.differences(replace_extra(held, package)))
        raise OperatorError(
            f"change set {name} of {place.stack} in {place.region} differs from the package: "
            f"{words}"
        )


def includes(state: StackState, package: StackState) -> bool:
    """Tell whether a state has the template and all parameters that a package gives."""
    return replace_extra(state, package) == package


def replace_extra(state: StackState, package: StackState) -> StackState:
    """Return a state without the parameters that a package does not give."""
    known = state.parameters
    shown = {name: known[name] for name in package.parameters if name in known}
    return replace(state, parameters=shown)


def line(change: Mapping[str, Any]) -> str:
    """Return a change of a resource: ``Modify Ledger (AWS::DynamoDB::Table), replacement: True``.

    What happens to a resource that goes is said by its policy.
    """
    resource = change["ResourceChange"]
    text = f"{resource['Action']} {resource['LogicalResourceId']} ({resource['ResourceType']})"
    for key in ("Replacement", "PolicyAction"):
        if key in resource:
            text += f", {key.lower()}: {resource[key]}"
    return text


def only(source: Source) -> Template:
    """Return the template of a source that has one."""
    (template,) = source.templates.values()
    return template
