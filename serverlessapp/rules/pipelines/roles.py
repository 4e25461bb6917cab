"""Roles of the template trust who has to assume them."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.changes import PROVIDER
from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.resolver import PARTITION

ANYBODY = "*"


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield roles that cannot be assumed. Those made elsewhere are not looked at."""
    for pipeline in delivery.pipelines:
        yield from trusting(delivery, pipeline.role, "codepipeline.amazonaws.com")
        actions = list(pipeline.actions())
        acting = [action.role for action in actions] + [rule.role for rule in pipeline.rules()]
        for role in dict.fromkeys(filter(None, acting)):
            yield from trusting(delivery, role, pipeline.role)
        for action in actions:
            if action.provider == PROVIDER and "RoleArn" in action.configuration:
                role = action.configuration["RoleArn"]
                yield from trusting(delivery, role, "cloudformation.amazonaws.com")
    for project in delivery.projects.values():
        yield from trusting(delivery, project.role, "codebuild.amazonaws.com")


def trusting(delivery: Delivery, arn: str, who: str) -> Iterator[Mistake]:
    """Yield whether a role does not trust a service, or a role of the same account."""
    role = delivery.roles.get(arn)
    if role is None:
        return
    account = arn.split(":")[4]
    accepted = {who, ANYBODY}
    if who.startswith("arn:"):
        accepted |= {account, f"arn:{PARTITION}:iam::{account}:root"}
    if not accepted & role.trusts:
        yield Mistake(
            path=role.path,
            message=f"the role has to trust {who}: add it as a Principal of sts:AssumeRole",
        )
