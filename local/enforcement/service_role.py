"""CloudFormation works with the role it is given, and with nothing else.

AWS CloudFormation User Guide, "AWS CloudFormation service role": whoever names the role needs
``iam:PassRole``, and the stack keeps it for everything that follows. ministack ignores it.
"""

from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam
from ministack.services.cloudformation import changesets, handlers, helpers, provisioners

from local.enforcement import trace
from local.enforcement.accounts import foreign_policy
from local.enforcement.handler_calls import HandlerCall, arn, calls
from local.enforcement.requests import caller
from local.replacements import around

ROLE = "RoleARN"
FREE = "iam:DeleteRolePermissionsBoundary"  # what takes a role out of its boundary
SERVICE = "cloudformation.amazonaws.com"
API = ("services.cloudformation.handlers", "_ACTION_HANDLERS")
STACKS = "services.cloudformation.stacks"

# A request's parameters; each is a list.
Parameters = dict[str, Any]
Handler = Callable[[Parameters], Any]


@around(*API, "CreateStack")
@around(*API, "UpdateStack")
@around(*API, "DeleteStack")
@around(*API, "CreateChangeSet")
def keep_role(handle: Handler, parameters: Parameters) -> Any:
    """Let the stack or change set keep the role that it is given, if the caller may pass it."""
    role = parameter(parameters, ROLE)
    if not role:
        return handle(parameters)
    principal = iam_evaluator.resolve_principal(caller.get(), get_account_id())
    passed = {"iam:PassedToService": SERVICE}
    if principal.policies is not None and not trace.allows(
        principal, "iam:PassRole", role, via="cloudformation", context=passed
    ):
        message = refusal(principal.arn, "iam:PassRole", role)
        return helpers._error("AccessDenied", message, 403)
    stack, change_set = parameter(parameters, "StackName"), parameter(parameters, "ChangeSetName")
    # A stack to be deleted is not found any more when that is done.
    keep(role, None if change_set else handlers._resolve_stack(stack))
    answer = handle(parameters)
    # What the handler began has not run yet.
    if change_set:
        keep(role, changesets._find_change_set(change_set, stack)[1])
    else:
        keep(role, handlers._resolve_stack(stack))
    return answer


@around(*API, "ExecuteChangeSet")
def hand_role_over(handle: Handler, parameters: Parameters) -> Any:
    _, change_set = changesets._find_change_set(
        parameter(parameters, "ChangeSetName"), parameter(parameters, "StackName")
    )
    answer = handle(parameters)
    if change_set and ROLE in change_set:
        keep(change_set[ROLE], handlers._resolve_stack(change_set["StackName"]))
    return answer


def keep(role: str, record: dict[str, Any] | None) -> None:
    """Note the role of a stack or change set, if there is one."""
    if record is not None:
        record[ROLE] = role


def parameter(parameters: Parameters, name: str) -> str:
    return str(parameters.get(name, [""])[0])


@around(STACKS, "_provision_resource")
def provision(
    original: Callable[..., Any], kind: str, title: str, properties: dict[str, Any], stack: str
) -> Any:
    """Make a resource.

    It is made first, because only then it has a name, and unmade when that was not allowed.
    """
    physical_id, attributes = original(kind, title, properties, stack)
    identifier = identified(physical_id, attributes)
    try:
        check(stack, kind, properties, "create", identifier)
        check(stack, kind, properties, "read", identifier)
    except ValueError:
        provisioners._delete_resource(kind, physical_id, properties, stack, title)
        raise
    return physical_id, attributes


@around(STACKS, "_update_resource")
def update(
    original: Callable[..., Any],
    kind: str,
    physical_id: str,
    before: dict[str, Any],
    properties: dict[str, Any],
    stack: str,
    title: str | None = None,
    attributes: dict[str, Any] | None = None,
) -> Any:
    if before != properties:
        identifier = identified(physical_id, attributes or {})
        for each in (before, properties):  # what is taken away is read, too, such as under a key
            check(stack, kind, each, "update", identifier)
        check(stack, kind, properties, "read", identifier)
        if "PermissionsBoundary" in before and "PermissionsBoundary" not in properties:
            ask(stack, HandlerCall(action=FREE, resource=arn(kind, identifier), context={}))
    made = original(kind, physical_id, before, properties, stack, title, attributes)
    if made[0] != physical_id:
        check(stack, kind, properties, "create", identified(*made))
    return made


@around(STACKS, "_delete_resource")
def delete(
    original: Callable[..., Any],
    kind: str,
    physical_id: str,
    properties: dict[str, Any],
    stack: str = "",
    title: str | None = None,
) -> Any:
    check(stack, kind, properties, "delete", physical_id)
    return original(kind, physical_id, properties, stack, title)


def check(
    stack: str, kind: str, properties: dict[str, Any], operation: str, identifier: str
) -> None:
    """Ask the stack's role for all that an operation takes.

    Raises:
        ValueError: It may not do something; CloudFormation makes it the reason of the failure.
    """
    for call in calls(kind, properties, operation, identifier):
        ask(stack, call)


def ask(stack: str, call: HandlerCall) -> None:
    """Ask the stack's role, if it has one; see ``check``."""
    if role := (handlers._resolve_stack(stack) or {}).get(ROLE):
        principal = trace.role_session(role, "AWSCloudFormation")
        policy, owner = foreign_policy(principal.account, call.resource) or (None, "")
        allowed = trace.allows(
            principal,
            call.action,
            call.resource,
            via="cloudformation",
            context={**call.context, **acting_for(role)},
            resource_policy=policy,
            owner=owner,
        )
        if not allowed:
            raise ValueError(refusal(principal.arn, call.action, call.resource))


def acting_for(role: str) -> dict[str, str]:
    """Return how requests tell whose they are: of a caller, if CloudFormation cannot take the role.

    IAM User Guide, "AWS global condition context keys", aws:CalledVia.
    """
    trust = (iam._roles.get(role.rpartition("/")[2]) or {}).get("AssumeRolePolicyDocument")
    return {} if SERVICE in str(trust) else {"aws:CalledVia": SERVICE}


def refusal(principal: str, action: str, resource: str) -> str:
    """Return the words in which AWS refuses."""
    return f"User: {principal} is not authorized to perform: {action} on resource: {resource}"


def identified(physical_id: str, attributes: dict[str, Any]) -> str:
    """Return what tells a resource apart: its ARN if CloudFormation knows it."""
    arns = (str(attributes.get(name, "")) for name in ("Arn", "Id"))
    return next((value for value in arns if value.startswith("arn:")), physical_id)
