"""The limit of what the pipeline's roles can ever do, whatever a commit makes of them.

A commit can change this template, and with it what each role may do. The role that updates the
pipeline can give roles other permissions, but not without this boundary, and cannot change the
boundary: for an action of a new kind, a person updates the stack. ADR 0016.
"""

from collections.abc import Iterator
from itertools import chain

from awacs import iam as iam_actions
from awacs import sts
from awacs.aws import Action, Allow, Condition, PolicyDocument, Statement, StringEquals
from troposphere import Ref, Sub, Template, iam

from generators.policies import document
from pipeline.parameters import ParameterRefs

EVERYWHERE = ["*"]  # each role's own policy says on what; this says only what, at most
TITLE = "PipelineBoundary"


def apply_to(template: Template, *, parameters: ParameterRefs) -> iam.ManagedPolicy:
    """Add the boundary, derived from what the roles do, and put every role within it."""
    used = {str(action.JSONrepr()): action for action in actions(template)}
    elsewhere = (iam_actions.PassRole, sts.AssumeRole)
    for action in elsewhere:
        used.pop(str(action.JSONrepr()), None)
    boundary = iam.ManagedPolicy(
        TITLE,
        PolicyDocument=document(
            use_services([used[name] for name in sorted(used)]),
            assume_roles(parameters),
            pass_roles(parameters),
        ),
    )
    for resource in template.resources.values():
        if isinstance(resource, iam.Role):
            resource.PermissionsBoundary = boundary.ref()
    return template.add_resource(boundary)


def actions(template: Template) -> Iterator[Action]:
    """Yield every action that a role of the template is granted, with repetitions."""
    for resource in template.resources.values():
        if isinstance(resource, iam.Role):
            documents = [
                policy.PolicyDocument for policy in resource.properties.get("Policies", [])
            ]
        elif isinstance(resource, iam.PolicyType):
            documents = [resource.PolicyDocument]
        else:
            continue
        yield from chain.from_iterable(map(granted, documents))


def granted(policy: PolicyDocument) -> Iterator[Action]:
    """Yield the actions of a policy."""
    for statement in policy.Statement:
        yield from statement.Action


def use_services(used: list[Action]) -> Statement:
    """Allow what some role of the pipeline does."""
    return Statement(Sid="UseServices", Effect=Allow, Action=used, Resource=EVERYWHERE)


def assume_roles(parameters: ParameterRefs) -> Statement:
    """Allow to act in the pipeline's own roles, and in taskcat's."""
    return Statement(
        Sid="AssumeRoles",
        Effect=Allow,
        Action=[sts.AssumeRole],
        Resource=[
            Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${AWS::StackName}-*"),
            Ref(parameters.taskcat_role_arn),
        ],
    )


def pass_roles(parameters: ParameterRefs) -> Statement:
    """Allow to hand CloudFormation its two roles."""
    return Statement(
        Sid="PassRoles",
        Effect=Allow,
        Action=[iam_actions.PassRole],
        Resource=[Ref(parameters.deploy_role_arn), Ref(parameters.update_role_arn)],
        Condition=Condition(
            [StringEquals({"iam:PassedToService": "cloudformation.amazonaws.com"})]
        ),
    )
