"""The role in which taskcat makes, uses and deletes stacks of the templates. ADR 0015."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from awacs import sts
from awacs.aws import Allow, ArnLike, AWSPrincipal, Condition, PolicyDocument, Statement
from troposphere import If, NoValue, Parameter, Ref, Sub, Template, iam

from generators import application, tagging
from generators.context import REVIEWED, architecture, explained
from generators.form import ask
from generators.lanes import Lane
from generators.naming import PROJECT
from generators.outputs import export
from generators.parameters import (
    ARN_LENGTH,
    HAS_BOUNDARY,
    IAM_NAME,
    environment_suffix,
    given,
    permissions_boundary_arn,
)
from generators.policies import document
from generators.retention import Retention
from pipeline.delivery import Delivery
from pipeline.derivation.names import PlannedStack
from pipeline.derivation.statements import derive, statements
from pipeline.grants import testing
from pipeline.parameters import pipeline_stack_name
from pipeline.planned_lanes import planned
from pipeline.roles import add_policies_to

POLICY = "MakeStacks"
HAS_TESTER = "HasTester"
# The role of the build in pipeline/projects.py, which CloudFormation names after the stack.
BUILD_ROLE = "TaskcatBuildRole"


def tested_stack(retention: Retention, lanes: Sequence[Lane] | None = None) -> PlannedStack:
    """Return what is known of a stack under test."""
    return PlannedStack(
        template=application.build(retention, planned(lanes)).to_dict(),
        name=testing.STACK,
        named=f"serverlessapp-{testing.ENVIRONMENT}",
        given={"EnvironmentSuffix": testing.ENVIRONMENT, "CodeBucket": testing.ARTIFACTS},
        tags={"Environment": testing.ENVIRONMENT, "Project": PROJECT},
        operations=("create", "read", "delete"),
    )


def build(lanes: Sequence[Lane] | None = None, delivery: Delivery | None = None) -> Template:
    """Return the template, launched before the pipeline's.

    Args:
        lanes: Those of the templates under test; see ``application.build``.
        delivery: Nothing here depends on it.
    """
    del delivery
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: the role in which taskcat makes, uses and deletes stacks of the templates. It "
        "reaches no other stacks. Launch it in an account for tests."
    )
    field = partial(ask, template, "taskcat")
    pipeline_name = pipeline_stack_name(
        field, "Name of the pipeline's stack in this account, whose build may take it."
    )
    tester = field(
        "Who else runs taskcat",
        "TesterArn",
        Default="",
        MaxLength=ARN_LENGTH,
        AllowedPattern=f"^(|arn:aws:iam::[0-9]{{12}}:(role|user)/{IAM_NAME})$",
        Description="Role or user of this account that may take it, too. Empty: nobody.",
        ConstraintDescription="must be the ARN of a role or user, or empty",
    )
    boundary = permissions_boundary_arn(field, "Managed policy that limits the role. Empty: none.")
    environment = environment_suffix(field, "test", "Only a tag here: what it is for.")
    template.add_condition(HAS_TESTER, given(tester))
    template.add_condition(HAS_BOUNDARY, given(boundary))
    template.metadata |= architecture(
        "The pipeline's build of the test stage takes TaskcatRole, and so may one more "
        "person or role; with it, taskcat makes stacks, uses them and deletes them.",
        must=[
            "In an account for tests: whoever may change the templates decides what these "
            "stacks do, and a stack may have roles.",
        ],
        ref={"docs/taskcat.md": "what is tested, and how the role is launched"},
    )
    stacks = [tested_stack(retention, lanes) for retention in Retention]
    policies = add_policies_to(
        template,
        POLICY,
        statements(derive(*stacks)),
        why="What CloudFormation does in this role to make and delete stacks, as AWS publishes it",
        escalation=(
            "iam:PutRolePolicy",
            "the stacks under test have roles; only tCaT-*, and meant for an account for tests",
        ),
    )
    role = template.add_resource(
        iam.Role(
            "TaskcatRole",
            Metadata=explained(
                "Makes what the templates have, so it gives roles permissions: by their names, it "
                "reaches stacks of the tests only. CloudFormation acts in it too, so what fails "
                "there fails here, before production.",
                mutable=REVIEWED,
                must=["Names of stacks under test begin with tCaT-, as taskcat makes them."],
                skip={
                    "W9303": "with less than everything, AWS lists no stacks and not all "
                    "kinds of alarms",
                },
            ),
            Description="taskcat makes, uses and deletes stacks named tCaT-*",
            AssumeRolePolicyDocument=trust(pipeline_name, tester),
            PermissionsBoundary=If(HAS_BOUNDARY, Ref(boundary), NoValue),
            Policies=[
                iam.Policy(
                    PolicyName="RunTests", PolicyDocument=document(*testing.statements(stacks))
                )
            ],
            ManagedPolicyArns=list(policies),
        )
    )
    export(template, ("TaskcatRoleArn", role.get_att("Arn"), "The pipeline's TaskcatRoleArn"))
    tagging.apply_to(template, environment=environment)
    return template


def trust(pipeline_name: Parameter, tester: Parameter) -> PolicyDocument:
    """Let the pipeline's build and the tester take the role.

    As a condition: the build's role need not exist yet, and IAM would refuse its ARN. The session
    of an assumed role has the role's ARN in ``aws:PrincipalArn`` (IAM User Guide, "AWS global
    condition context keys").
    """
    account = "arn:${AWS::Partition}:iam::${AWS::AccountId}:"
    principals: list[Any] = [
        Sub(f"{account}role/${{{pipeline_name.title}}}-{BUILD_ROLE}-*"),
        If(HAS_TESTER, Ref(tester), NoValue),
    ]
    return document(
        Statement(
            Effect=Allow,
            Principal=AWSPrincipal(Sub(f"{account}root")),
            Action=[sts.AssumeRole],
            Condition=Condition([ArnLike({"aws:PrincipalArn": principals})]),
        )
    )
