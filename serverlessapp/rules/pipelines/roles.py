"""Roles of the template trust who has to assume them."""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.changes import PROVIDER
from serverlessapp.rules.pipelines.rule import USER_GUIDE, is_known, pipeline_rule, whole
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import HOLE
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Action, Scalar, StageRule
from serverlessapp.template.values import Kind, Unknown, rendered

ANYBODY = "*"
# Where it does not matter in which account, partition or Region the stack is.
PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}


@pipeline_rule("E9220", f"{USER_GUIDE}/security-iam.html", whole)
def roles_are_trusting(delivery: Delivery) -> Iterator[Mistake]:
    """A role trusts the service that assumes it.

    CodePipeline, CodeBuild or CloudFormation, or the pipeline's role for an action. Roles that are
    made elsewhere are not looked at.
    """
    for arn, who in dict.fromkeys(assumed(delivery)):
        role = delivery.roles.get(arn)
        if role is None or not (is_known(who) or who in delivery.roles):
            continue
        if not any(
            trusted == who or (trusted not in delivery.roles and may_trust(trusted, who))
            for trusted in role.trusts
        ):
            yield Mistake(role.place, f"the role must trust {who}: add it as a Principal")


def assumed(delivery: Delivery) -> Iterator[tuple[Scalar, Scalar]]:
    """Yield each role, and the service or the role that has to assume it."""
    for pipeline in delivery.pipelines:
        yield pipeline.role, "codepipeline.amazonaws.com"
        elements: tuple[Action | StageRule, ...] = (*pipeline.actions(), *pipeline.rules())
        for element in elements:
            if element.role != pipeline.role:  # which is CodePipeline's already
                yield element.role, pipeline.role
            if element.provider == PROVIDER:
                yield element.configuration.get("RoleArn"), "cloudformation.amazonaws.com"
    for project in delivery.projects.values():
        for role in (project.role, project.batch_role):
            yield role, "codebuild.amazonaws.com"


def may_trust(trusted: Scalar, who: Scalar) -> bool:
    """Tell whether a principal that is no role of the template may be a service, or a role."""
    (text,) = rendered(trusted, filled)
    if is_known(who):
        return text in (ANYBODY, who) or (HOLE in text and not text.startswith("arn:"))
    return not text.endswith(".amazonaws.com")


def filled(unknown: Unknown) -> list[str]:
    """Return what stands for an unknown part of a principal."""
    return [PSEUDO.get(unknown.name, HOLE) if unknown.kind is Kind.PSEUDO else HOLE]
