"""What limits a role, and who writes its policies."""

from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.statements import IAM_GUIDE
from serverlessapp.rules.rule import Mistake, rule
from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.reading import TRANSFORM

# For the role of a service, which cannot do with less.
FOR_SERVICES = ("policy/service-role/", "policy/aws-service-role/")


@rule("W9310", f"{IAM_GUIDE}/access_policies_boundaries.html")
def boundary(evaluation: Evaluation) -> Iterator[Mistake]:
    """Roles have a permissions boundary.

    Every role stays within a boundary, where the user has one.
    """
    for role in roles(evaluation):
        if "PermissionsBoundary" not in role.properties:
            yield Mistake(("Resources", role.title), "the role has no permissions boundary")


@rule("W9311", f"{IAM_GUIDE}/access_policies_managed-vs-inline.html")
def own_policies(evaluation: Evaluation) -> Iterator[Mistake]:
    """Roles do not use policies that AWS manages.

    A policy that AWS manages changes without us, and always allows more than is needed. Those of a
    service's own role are fine.
    """
    for role in roles(evaluation):
        place = ("Resources", role.title, "Properties", "ManagedPolicyArns")
        managed = role.properties.get("ManagedPolicyArns", [])
        for arn in arns.texts(evaluation.template, managed):
            _, is_managed, policy = arn.partition(":iam::aws:")
            if is_managed and not policy.startswith(FOR_SERVICES):
                yield Mistake(
                    place, f"{arn} is managed by AWS: list the needed permissions in a policy"
                )


def roles(evaluation: Evaluation) -> Iterator[Resource]:
    """Yield every role; a macro gives more properties, which nobody sees."""
    for resource in evaluation.resources():
        if resource.type == "AWS::IAM::Role" and TRANSFORM not in resource.properties:
            yield resource
