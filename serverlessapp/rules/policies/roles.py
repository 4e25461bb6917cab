"""What limits a role, and who writes its policies."""

from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.rule import Mistake, Rule
from serverlessapp.template.evaluation import Evaluation, Resource

MACRO = "Fn::Transform"  # gives more properties, which nobody sees
# For the role of a service, which cannot do with less.
FOR_SERVICES = ("policy/service-role/", "policy/aws-service-role/")


class Boundary(Rule):
    """Every role stays within a boundary, where the user has one."""

    id = "W9310"
    shortdesc = "Roles accept a permissions boundary"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield the roles without one."""
        for role in roles(evaluation):
            if "PermissionsBoundary" not in role.properties:
                yield Mistake(("Resources", role.title), "the role accepts no permissions boundary")


class OwnPolicies(Rule):
    """A policy that AWS manages changes without us, and always allows more than is needed."""

    id = "W9311"
    shortdesc = "Roles have policies of their own"
    source_url = (
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html"
    )

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield the policies that AWS manages, but for those of a service's own role."""
        for role in roles(evaluation):
            place = ("Resources", role.title, "Properties", "ManagedPolicyArns")
            managed = role.properties.get("ManagedPolicyArns", [])
            for arn in arns.texts(evaluation.template, managed):
                _, is_managed, policy = arn.partition(":iam::aws:")
                if is_managed and not policy.startswith(FOR_SERVICES):
                    yield Mistake(place, f"AWS manages {arn}: name what is needed in a policy")


def roles(evaluation: Evaluation) -> Iterator[Resource]:
    """Yield every role whose properties are known."""
    for resource in evaluation.resources():
        is_known = isinstance(resource.properties, dict)
        if resource.type == "AWS::IAM::Role" and is_known and MACRO not in resource.properties:
            yield resource
