"""Roles of the template trust who has to assume them."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.changes import PROVIDER
from serverlessapp.rules.pipelines.rule import USER_GUIDE, PipelineRule, is_known
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import HOLE
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Scalar
from serverlessapp.template.values import Kind, Unknown, rendered

ANYBODY = "*"
# Where it does not matter in which account, partition or Region the stack is.
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}


class RolesAreTrusting(PipelineRule):
    """CodePipeline, CodeBuild or CloudFormation, or the pipeline's role for an action."""

    id = "E9220"
    shortdesc = "A role trusts who has to assume it"
    source_url = f"{USER_GUIDE}/security-iam.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield roles that cannot be assumed. Those made elsewhere are not looked at."""
        for pipeline in delivery.pipelines:
            yield from trusting(delivery, pipeline.role, "codepipeline.amazonaws.com")
            actions = list(pipeline.actions())
            acting = [action.role for action in actions] + [rule.role for rule in pipeline.rules()]
            for role in dict.fromkeys(filter(None, acting)):
                yield from trusting(delivery, role, pipeline.role)
            for action in actions:
                if action.provider == PROVIDER:
                    role = action.configuration.get("RoleArn")
                    yield from trusting(delivery, role, "cloudformation.amazonaws.com")
        for project in delivery.projects.values():
            yield from trusting(delivery, project.role, "codebuild.amazonaws.com")


def trusting(delivery: Delivery, arn: Scalar, who: Scalar) -> Iterator[Mistake]:
    """Yield whether a role trusts neither a service nor a role, as far as that can be known."""
    role = delivery.roles.get(arn)
    is_service = is_known(who)
    if role is None or not (is_service or who in delivery.roles):
        return
    for trusted in role.trusts:
        if trusted == who or (trusted not in delivery.roles and may_trust(trusted, who)):
            return
    yield Mistake(role.place, f"the role has to trust {who}: add it as a Principal")


def may_trust(trusted: Scalar, who: Scalar) -> bool:
    """Tell whether a principal that is no role of the template may be a service, or a role."""
    (text,) = rendered(trusted, filled)
    if is_known(who):
        return text in (ANYBODY, who) or (HOLE in text and not text.startswith("arn:"))
    return not text.endswith(".amazonaws.com")


def filled(unknown: Unknown) -> list[str]:
    """Return what stands for an unknown part of a principal."""
    return [PSEUDO.get(unknown.name, HOLE) if unknown.kind is Kind.PSEUDO else HOLE]
