"""CloudFormation works with the role it is given, and with nothing else.

AWS CloudFormation User Guide, "AWS CloudFormation service role": whoever names the role needs
``iam:PassRole``, and the stack keeps it for everything that follows. ministack ignores it.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from local.enforcement.handler_calls import Call, arn, calls
from local.enforcement.trace import Trace, role_session

ROLE = "RoleARN"
FREE = "iam:DeleteRolePermissionsBoundary"  # what takes a role out of its boundary
SERVICE = "cloudformation.amazonaws.com"
Handler = Callable[[dict[str, Any]], Any]

# Access key of whoever made the request that is being answered.
_caller: ContextVar[str] = ContextVar("caller", default="")


def remembering_caller(enforce: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap ``iam_evaluator.enforce``: keep who asks, for the handlers below."""

    def enforced(access_key_id: str, *arguments: Any, **options: Any) -> Any:
        _caller.set(access_key_id or "")
        return enforce(access_key_id, *arguments, **options)

    return enforced


def with_roles(trace: Trace) -> None:
    """Make CloudFormation's API keep the roles it is given, where the caller may pass them."""
    from ministack.services.cloudformation import changesets, handlers

    table = handlers._ACTION_HANDLERS
    table["CreateStack"] = keeping_role(trace, handlers._create_stack)
    table["UpdateStack"] = keeping_role(trace, handlers._update_stack)
    table["DeleteStack"] = keeping_role(trace, handlers._delete_stack)
    table["CreateChangeSet"] = keeping_role(trace, changesets._create_change_set)
    table["ExecuteChangeSet"] = with_role_of_change_set(changesets._execute_change_set)


def keeping_role(trace: Trace, handle: Handler) -> Handler:
    """Wrap one of the handlers."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id
    from ministack.services.cloudformation import changesets, handlers, helpers

    def handled(params: dict[str, Any]) -> Any:
        role = parameter(params, ROLE)
        if not role:
            return handle(params)
        caller = iam_evaluator.resolve_principal(_caller.get(), get_account_id())
        passed = {"iam:PassedToService": SERVICE}
        if caller.policies is not None and not trace.allows(
            caller, "iam:PassRole", role, via="cloudformation", context=passed
        ):
            return helpers._error("AccessDenied", refusal(caller.arn, "iam:PassRole", role), 403)
        stack, change_set = parameter(params, "StackName"), parameter(params, "ChangeSetName")
        # A stack to be deleted is not found any more when that is done.
        keep(role, {} if change_set else handlers._resolve_stack(stack))
        answer = handle(params)
        # What the handler began has not run yet.
        if change_set:
            keep(role, changesets._find_change_set(change_set, stack)[1])
        else:
            keep(role, handlers._resolve_stack(stack))
        return answer

    return handled


def keep(role: str, kept_for: dict[str, Any] | None) -> None:
    """Note the role of a stack or change set, if there is one."""
    if kept_for is not None:
        kept_for[ROLE] = role


def with_role_of_change_set(handle: Handler) -> Handler:
    """Wrap ``ExecuteChangeSet``: the stack gets the role of the change set."""
    from ministack.services.cloudformation import changesets, handlers

    def handled(params: dict[str, Any]) -> Any:
        _, change_set = changesets._find_change_set(
            parameter(params, "ChangeSetName"), parameter(params, "StackName")
        )
        answer = handle(params)
        if change_set and ROLE in change_set:
            keep(change_set[ROLE], handlers._resolve_stack(change_set["StackName"]))
        return answer

    return handled


def parameter(params: dict[str, Any], name: str) -> str:
    """Return a parameter of a request; they come in lists."""
    return str(params.get(name, [""])[0])


def provisioning(trace: Trace, provision: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap ``stacks._provision_resource``.

    The resource is made first, because only then it has a name, and unmade when that was not
    allowed.
    """
    from ministack.services.cloudformation import provisioners

    def provisioned(kind: str, title: str, properties: dict[str, Any], stack: str) -> Any:
        physical_id, attributes = provision(kind, title, properties, stack)
        identifier = identified(physical_id, attributes)
        try:
            check(trace, stack, kind, properties, "create", identifier)
            check(trace, stack, kind, properties, "read", identifier)
        except ValueError:
            provisioners._delete_resource(kind, physical_id, properties, stack, title)
            raise
        return physical_id, attributes

    return provisioned


def updating(trace: Trace, update: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap ``stacks._update_resource``."""

    def updated(
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
            check(trace, stack, kind, properties, "update", identifier)
            check(trace, stack, kind, properties, "read", identifier)
            if "PermissionsBoundary" in before and "PermissionsBoundary" not in properties:
                ask(trace, stack, Call(action=FREE, resource=arn(kind, identifier), context={}))
        made = update(kind, physical_id, before, properties, stack, title, attributes)
        if made[0] != physical_id:
            check(trace, stack, kind, properties, "create", identified(*made))
        return made

    return updated


def deleting(trace: Trace, delete: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap ``stacks._delete_resource``."""

    def deleted(
        kind: str,
        physical_id: str,
        properties: dict[str, Any],
        stack: str = "",
        title: str | None = None,
    ) -> Any:
        check(trace, stack, kind, properties, "delete", physical_id)
        return delete(kind, physical_id, properties, stack, title)

    return deleted


def check(
    trace: Trace, stack: str, kind: str, properties: dict[str, Any], operation: str, identifier: str
) -> None:
    """Ask the stack's role for all that an operation takes.

    Raises:
        ValueError: It may not do something; CloudFormation makes it the reason of the failure.
    """
    from ministack.services import tagging

    def tags_of(resource: str) -> dict[str, str]:
        own = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        return tagging.resource_tags(resource) or (own if resource == arn(kind, identifier) else {})

    for call in calls(kind, properties, operation, identifier, tags_of):
        ask(trace, stack, call)


def ask(trace: Trace, stack: str, call: Call) -> None:
    """Ask the stack's role, if it has one.

    Raises:
        ValueError: See ``check``.
    """
    from ministack.services.cloudformation import handlers

    if role := (handlers._resolve_stack(stack) or {}).get(ROLE):
        principal = role_session(role, "AWSCloudFormation")
        allowed = trace.allows(
            principal, call.action, call.resource, via="cloudformation", context=call.context
        )
        if not allowed:
            raise ValueError(refusal(principal.arn, call.action, call.resource))


def refusal(principal: str, action: str, resource: str) -> str:
    """Return the words in which AWS refuses."""
    return f"User: {principal} is not authorized to perform: {action} on resource: {resource}"


def identified(physical_id: str, attributes: dict[str, Any]) -> str:
    """Return what tells a resource apart: its ARN if CloudFormation knows it."""
    arns = (str(attributes.get(name, "")) for name in ("Arn", "Id"))
    return next((found for found in arns if found.startswith("arn:")), physical_id)
