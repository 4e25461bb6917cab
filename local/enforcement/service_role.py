"""CloudFormation works with the role it is given, and with nothing else.

AWS CloudFormation User Guide, "AWS CloudFormation service role": whoever names the role needs
``iam:PassRole``, and the stack keeps it for everything that follows. ministack ignores it, and
forgets the permissions boundary of the roles that it makes.
"""

from collections.abc import Callable, MutableMapping
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


def with_roles(trace: Trace, handlers: MutableMapping[str, Handler]) -> None:
    """Make CloudFormation's API keep the roles it is given, where the caller may pass them."""
    for name in ("CreateStack", "UpdateStack", "DeleteStack", "CreateChangeSet"):
        handlers[name] = keeping_role(trace, name, handlers[name])
    handlers["ExecuteChangeSet"] = with_role_of_change_set(handlers["ExecuteChangeSet"])


def keeping_role(trace: Trace, name: str, handle: Handler) -> Handler:
    """Wrap one of the handlers."""
    from ministack.core import iam_evaluator
    from ministack.core.responses import get_account_id
    from ministack.services.cloudformation import _change_sets
    from ministack.services.cloudformation.handlers import _resolve_stack
    from ministack.services.cloudformation.helpers import _error

    def handled(params: dict[str, Any]) -> Any:
        role = parameter(params, ROLE)
        if not role:
            return handle(params)
        caller = iam_evaluator.resolve_principal(_caller.get(), get_account_id())
        passed = {"iam:PassedToService": SERVICE}
        is_root = caller.policies is None
        if not is_root and not trace.allows(
            caller, "iam:PassRole", role, via="cloudformation", context=passed
        ):
            return _error("AccessDenied", refusal(caller.arn, "iam:PassRole", role), 403)
        stack = parameter(params, "StackName")
        if name == "DeleteStack" and (found := _resolve_stack(stack)):
            found[ROLE] = role
        answer = handle(params)
        if name == "CreateChangeSet":
            for change_set in _change_sets.values():
                if change_set["ChangeSetName"] == parameter(params, "ChangeSetName"):
                    change_set[ROLE] = role
        elif found := _resolve_stack(stack):
            found[ROLE] = role  # what the handler began has not run yet
        return answer

    return handled


def with_role_of_change_set(handle: Handler) -> Handler:
    """Wrap ``ExecuteChangeSet``: the stack gets the role of the change set."""
    from ministack.services.cloudformation.changesets import _find_change_set
    from ministack.services.cloudformation.handlers import _resolve_stack

    def handled(params: dict[str, Any]) -> Any:
        _, change_set = _find_change_set(
            parameter(params, "ChangeSetName"), parameter(params, "StackName")
        )
        answer = handle(params)
        if change_set and ROLE in change_set:
            _resolve_stack(change_set["StackName"])[ROLE] = change_set[ROLE]
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
    from ministack.services.cloudformation.provisioners import _delete_resource

    def provisioned(kind: str, title: str, properties: dict[str, Any], stack: str) -> Any:
        physical_id, attributes = provision(kind, title, properties, stack)
        keep_boundary(kind, physical_id, properties)
        identifier = identified(physical_id, attributes)
        try:
            check(trace, stack, kind, properties, "create", identifier)
            check(trace, stack, kind, properties, "read", identifier)
        except ValueError:
            _delete_resource(kind, physical_id, properties, stack, title)
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
        keep_boundary(kind, made[0], properties)
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
    from ministack.services.tagging import resource_tags

    def tags_of(resource: str) -> dict[str, str]:
        own = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        return resource_tags(resource) or (own if resource == arn(kind, identifier) else {})

    for call in calls(kind, properties, operation, identifier, tags_of):
        ask(trace, stack, call)


def ask(trace: Trace, stack: str, call: Call) -> None:
    """Ask the stack's role, if it has one.

    Raises:
        ValueError: See ``check``.
    """
    from ministack.services.cloudformation.handlers import _resolve_stack

    if role := (_resolve_stack(stack) or {}).get(ROLE):
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


def keep_boundary(kind: str, physical_id: str, properties: dict[str, Any]) -> None:
    """Keep a role within its boundary."""
    from ministack.services import iam

    if kind == "AWS::IAM::Role":
        iam._roles[physical_id]["PermissionsBoundary"] = properties.get("PermissionsBoundary")
