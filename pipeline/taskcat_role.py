"""The role in which taskcat makes, uses and deletes stacks of the templates. ADR 0015."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from awacs.aws import PolicyDocument
from troposphere import If, NoValue, Parameter, Ref, Sub, Template, iam

from generators import application, tagging
from generators.context import CONSTRAINED, NEVER, REVIEWED, architecture, explained
from generators.form import ask, given
from generators.lanes import Lane, load
from generators.naming import PROJECT
from generators.outputs import export
from generators.parameters import (
    ARN_LENGTH,
    HAS_BOUNDARY,
    IAM_NAME,
    environment_suffix,
    permissions_boundary_arn,
)
from generators.policies import document
from generators.retention import Retention
from pipeline import names, pipeline_account
from pipeline.delivery import Delivery
from pipeline.deploy_role import boundary_policy
from pipeline.derivation.names import PlannedStack
from pipeline.derivation.statements import derive, statements
from pipeline.grants import testing
from pipeline.planned_lanes import planned
from pipeline.roles import add_policies_to

POLICY = "MakeStacks"
BOUNDARY = "TestBoundary"
HAS_TESTER = "HasTester"


def tested_stack(retention: Retention, lanes: Sequence[Lane] | None = None) -> PlannedStack:
    """Return what is known of a stack under test."""
    return PlannedStack(
        template=application.build(retention, planned(lanes)).to_dict(),
        name=testing.STACK,
        named=f"serverlessapp-{testing.ENVIRONMENT}",
        given={"EnvironmentSuffix": testing.ENVIRONMENT, "CodeBucket": testing.ARTIFACTS},
        tags={"Environment": testing.ENVIRONMENT, "Project": PROJECT},
        boundary=f"${{{BOUNDARY}}}",
        operations=("create", "read", "delete"),
    )


def build(lanes: Sequence[Lane] | None = None, _delivery: Delivery | None = None) -> Template:
    """Return the template, launched before the pipeline's.

    Args:
        lanes: Those of the templates under test; see ``application.build``.
        _delivery: As builders of the delivery get it; the role is the same in any account.
    """
    lanes = load() if lanes is None else lanes
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: the role in which taskcat makes, uses and deletes stacks of the templates. It "
        "reaches no other stacks. Launch it in an account for tests."
    )
    field = partial(ask, template, "taskcat")
    pipeline_account.add_to(
        template, field, "Name of the pipeline's stack, whose build may take the role."
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
            "Best in an account for tests: whoever may change the templates decides what these "
            "stacks do. They have roles, but none that can do more than TestBoundary.",
        ],
        ref={"docs/taskcat.md": "what is tested, and how the role is launched"},
    )
    stacks = [tested_stack(retention, lanes) for retention in Retention]
    limit = template.add_resource(
        iam.ManagedPolicy(
            BOUNDARY,
            Metadata=explained(
                "A push decides what the stacks under test are, and a test may call their "
                "functions. So their roles are made only within this policy, which is what they "
                "are granted today: a role without it could make anybody an administrator.",
                mutable=CONSTRAINED,
                must=[
                    "TaskcatRole cannot change it, nor take it off a role.",
                    "Every test in .taskcat.yml gives it as PermissionsBoundaryArn.",
                ],
                mutability={"Description": NEVER, "ManagedPolicyName": NEVER},
            ),
            ManagedPolicyName=names.TASKCAT_BOUNDARY,
            Description="Limit of the roles of stacks named tCaT-*",
            PolicyDocument=boundary_policy(lanes, *stacks),
        )
    )
    policies = add_policies_to(
        template,
        POLICY,
        statements(derive(*stacks)),
        why="What CloudFormation does in this role to make and delete stacks, as AWS publishes it",
    )
    role = template.add_resource(
        iam.Role(
            "TaskcatRole",
            Metadata=explained(
                "Makes what the templates have, so it gives roles permissions: by their names, it "
                "reaches stacks of the tests only, and only within TestBoundary. CloudFormation "
                "acts in it too, so what fails there fails here, before production.",
                mutable=REVIEWED,
                mutability={"RoleName": NEVER},
                must=["Names of stacks under test begin with tCaT-, as taskcat makes them."],
                skip={
                    "W9303": "with less than everything, AWS lists no stacks and not all "
                    "kinds of alarms",
                },
            ),
            RoleName=names.TASKCAT_ROLE,
            Description="taskcat makes, uses and deletes stacks named tCaT-*",
            AssumeRolePolicyDocument=trust(tester),
            PermissionsBoundary=If(HAS_BOUNDARY, Ref(boundary), NoValue),
            Policies=[
                iam.Policy(
                    PolicyName="RunTests", PolicyDocument=document(*testing.statements(stacks))
                )
            ],
            ManagedPolicyArns=list(policies),
        )
    )
    export(
        template,
        ("TaskcatRoleArn", role.get_att("Arn"), "For --role-arn of a run from a laptop"),
        ("PermissionsBoundaryArn", limit.ref(), "The limit of the roles under test"),
    )
    tagging.apply_to(template, environment=environment)
    return template


def trust(tester: Parameter) -> PolicyDocument:
    """Let the pipeline's build take the role, and the tester, who is of this account."""
    who: list[Any] = [
        pipeline_account.role_arn(pipeline_account.TASKCAT_ROLE),
        If(HAS_TESTER, Ref(tester), NoValue),
    ]
    root = "arn:${AWS::Partition}:iam::%s:root"
    of_pipeline = If(
        pipeline_account.ELSEWHERE, Sub(root % f"${{{pipeline_account.PARAMETER}}}"), NoValue
    )
    accounts = [Sub(root % "${AWS::AccountId}"), of_pipeline]
    return document(pipeline_account.may_take(accounts, who))
