"""The role in which taskcat makes, uses and deletes stacks of the templates. ADR 0015."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from awacs.aws import ArnLike, AWSPrincipal, PolicyDocument
from troposphere import If, NoValue, Parameter, Ref, Sub, Template, iam

from generators import application, policies, tagging
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
    """Return the template, launched before the pipeline's; the same whatever the delivery."""
    lanes = load() if lanes is None else lanes
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: role for taskcat to create, use and delete test stacks of the templates. It "
        "reaches no other stacks. Launch it in an account for tests."
    )
    field = partial(ask, template, "taskcat")
    pipeline_account.add_to(
        template, field, "Name of the pipeline's stack, whose build may assume the role."
    )
    tester = field(
        "Another principal that runs taskcat",
        "TesterArn",
        Default="",
        MaxLength=ARN_LENGTH,
        AllowedPattern=f"^(|arn:aws:iam::[0-9]{{12}}:(role|user)/{IAM_NAME})$",
        Description="Role or user in this account that may assume it, too. Empty: none.",
        ConstraintDescription="must be empty or the ARN of a role or user",
    )
    boundary = permissions_boundary_arn(field, "Managed policy that limits the role. Empty: none.")
    environment = environment_suffix(field, "test", "Only the value of a tag here.")
    template.add_condition(HAS_TESTER, given(tester))
    template.add_condition(HAS_BOUNDARY, given(boundary))
    template.metadata |= architecture(
        "The build of the pipeline's Test stage assumes TaskcatRole, and so can one more "
        "principal; with it, taskcat creates, uses and deletes stacks.",
        must=[
            "Use an account for tests: whoever can change the templates decides what these "
            "stacks do. TestBoundary limits the roles in them.",
        ],
        ref={"docs/taskcat.md": "what is tested, and how to launch the role"},
    )
    stacks = [tested_stack(retention, lanes) for retention in Retention]
    limit = template.add_resource(
        iam.ManagedPolicy(
            BOUNDARY,
            Metadata=explained(
                "Permissions boundary of the roles under test. A push decides what the stacks "
                "under test contain, and a test may invoke their functions; without this limit, "
                "such a role could be an administrator. It allows what the roles have today.",
                mutable=CONSTRAINED,
                must=[
                    "TaskcatRole can neither change this policy nor remove it from a role.",
                    "Every test in .taskcat.yml passes it as PermissionsBoundaryArn.",
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
        why="Creates and deletes the test stacks, with the permissions that AWS publishes",
    )
    role = template.add_resource(
        iam.Role(
            "TaskcatRole",
            Metadata=explained(
                "Creates the resources of the templates, including roles: only for stacks of "
                "tests, by their names, and only within TestBoundary. CloudFormation uses this "
                "role, too, so a missing permission fails in the test, before production.",
                mutable=REVIEWED,
                mutability={"RoleName": NEVER},
                must=["Names of stacks under test must begin with tCaT-, taskcat's own prefix."],
                skip={
                    "W9303": "AWS can list stacks and alarms only with permission on all of them",
                },
            ),
            RoleName=names.TASKCAT_ROLE,
            Description="taskcat creates, uses and deletes stacks named tCaT-*",
            AssumeRolePolicyDocument=trust(tester),
            PermissionsBoundary=If(HAS_BOUNDARY, Ref(boundary), NoValue),
            Policies=[
                iam.Policy(
                    PolicyName="RunTests", PolicyDocument=document(*testing.statements(stacks))
                ),
                iam.Policy(
                    PolicyName="LeaveToCloudFormation",
                    PolicyDocument=document(testing.leave_to_cloudformation()),
                ),
            ],
            ManagedPolicyArns=list(policies),
        )
    )
    export(
        template,
        (
            "TaskcatRoleArn",
            role.get_att("Arn"),
            "Role for --role-arn, when you run taskcat yourself",
        ),
        ("PermissionsBoundaryArn", limit.ref(), "Permissions boundary of the roles under test"),
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
    return policies.trust(AWSPrincipal(accounts), ArnLike({"aws:PrincipalArn": who}))
