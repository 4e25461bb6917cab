"""What an environment takes: CloudFormation's role, the application's boundary, and more roles.

The first two are derived from the application (``derivation``, ADR 12); the others are those that
the pipeline takes (``environment_roles``). All have fixed names (ADR 31).
"""

import json
from collections.abc import Sequence
from functools import partial
from itertools import chain

from awacs.aws import PolicyDocument, Statement
from troposphere import Sub, Template, encode_to_dict, iam

from generators import parameters, tagging
from generators.context import CONSTRAINED, NEVER, REVIEWED, architecture, explained
from generators.editions import Edition
from generators.form import ask, given
from generators.lanes import Lane, load
from generators.naming import PROJECT
from generators.outputs import export
from generators.parameters import (
    CUSTOMER_MANAGED_KEY,
    HAS_SOURCE_ACCOUNT,
    HAS_SOURCE_KEY,
    SOURCE_BUCKET,
    SOURCE_KEY,
)
from generators.policies import document
from generators.source import UploadSource
from pipeline import environment_roles, names, pipeline_account
from pipeline.delivery import Delivery
from pipeline.delivery_keys import RESERVED
from pipeline.derivation import limits
from pipeline.derivation.limits import LimitError
from pipeline.derivation.names import PlannedStack
from pipeline.derivation.statements import POLICY_SIZE, derive, size, statements
from pipeline.grants import environment as grants
from pipeline.planned_lanes import planned
from pipeline.roles import add_policies_to, trust_service

BOUNDARY = "ApplicationBoundary"
ROLE = "DeployRole"
CODE_BUCKET, HAS_CODE_BUCKET = "CodeBucket", "HasCodeBucket"
ALWAYS, KEYS, CODE, BUS = "Deploy", "DeployKeys", "DeployCode", "DeployBus"
# The policies: logical ID, condition, why.
PARTS = (
    (
        ALWAYS,
        None,
        "What making, reading, updating and deleting the application's resources takes, as AWS "
        "publishes it",
    ),
    (
        KEYS,
        CUSTOMER_MANAGED_KEY,
        "Nothing but tags tells keys apart, so nobody gets these permissions without need",
    ),
    (CODE, HAS_CODE_BUCKET, "Only a team with a bucket of its own needs packages from elsewhere"),
    (
        BUS,
        HAS_SOURCE_ACCOUNT,
        "Who may change the policy of a bus may let any account send to it: AWS limits that to no "
        "bus, so nobody gets it whose bucket is in the same account",
    ),
)


def file(edition: Edition) -> str:
    """Return the name of the file with the roles for a template, without its suffix."""
    return edition.value.replace("application", "deploy-role")


def application_stack(
    lanes: Sequence[Lane] | None = None, edition: Edition = Edition.RETAINED
) -> PlannedStack:
    """Return what is known of the application's stack, with one more lane than there is."""
    environment = "${EnvironmentSuffix}"
    return PlannedStack(
        template=edition.build(planned(lanes)).to_dict(),
        name=names.STACK,
        given={
            "EnvironmentSuffix": environment,
            CODE_BUCKET: f"${{{CODE_BUCKET}}}",
            SOURCE_BUCKET: f"${{{SOURCE_BUCKET}}}",
            # A policy takes no empty ARN. Through S3, it is the bucket that limits.
            SOURCE_KEY: "arn:${AWS::Partition}:kms:*:*:key/*",
        },
        tags={"Environment": environment, "Project": PROJECT},
        boundary=f"${{{BOUNDARY}}}",
    )


def build(
    lanes: Sequence[Lane] | None = None,
    _delivery: Delivery | None = None,
    *,
    edition: Edition = Edition.RETAINED,
) -> Template:
    """Return the template, launched before the application's.

    Args:
        lanes: What the application processes; see ``generators.application.build``.
        _delivery: As builders of the delivery get it; any environment can have the roles.
        edition: The template that they deploy.

    Raises:
        LimitError: What the lanes are granted has no place in one boundary, or no limit.
    """
    lanes = load() if lanes is None else lanes
    stack = application_stack(lanes, edition)
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: the roles with which an environment ({edition.value}) is deployed, and the "
        "limit of what the application can ever do."
    )
    add_form_to(template, edition)
    boundary = template.add_resource(
        iam.ManagedPolicy(
            BOUNDARY,
            Metadata=explained(
                "Whoever may change the application's template could give its roles more. "
                "CloudFormation makes and changes roles only within this policy, which is what "
                "they are granted today, so more takes a person who updates this stack.",
                mutable=CONSTRAINED,
                must=[
                    "DeployRole cannot change it, nor take it off a role.",
                    "Its name and description stay: IAM changes neither, and two policies of one "
                    "name cannot be.",
                ],
                mutability={"Description": NEVER, "ManagedPolicyName": NEVER},
            ),
            ManagedPolicyName=Sub(names.boundary("${EnvironmentSuffix}")),
            Description=Sub(f"Limit of the roles of stack {names.STACK}"),
            PolicyDocument=boundary_policy(lanes, stack),
        )
    )
    permissions = statements(derive(stack))
    policies = (
        add_policies_to(
            template,
            title,
            [statement for statement in permissions if part_of(statement) == title],
            why=why,
            condition=condition,
        )
        for title, condition, why in PARTS
    )
    role = template.add_resource(
        iam.Role(
            ROLE,
            Metadata=explained(
                "Whoever deploys hands it to CloudFormation, and needs no permissions on what the "
                "stack is made of. Derived from the template: a list by hand is an administrator, "
                "or wrong after the next change.",
                mutable=REVIEWED,
                must=["Updated before the application, when that needs more."],
                mutability={"RoleName": NEVER},
                skip={
                    "W9310": "a person launches it; the boundary of the application's own roles "
                    "is what limits the application",
                },
            ),
            RoleName=Sub(names.role(names.DEPLOY, "${EnvironmentSuffix}")),
            Description=Sub(f"CloudFormation deploys stack {names.STACK}"),
            AssumeRolePolicyDocument=trust_service("cloudformation.amazonaws.com"),
            ManagedPolicyArns=list(chain.from_iterable(policies)),
            Policies=[
                iam.Policy(PolicyName="PipelineCode", PolicyDocument=document(grants.read_code())),
                pipeline_account.across_accounts(),
            ],
        )
    )
    environment_roles.add_to(template, stack, role)
    export(
        template,
        ("DeployRoleArn", role.get_att("Arn"), "CloudFormation's role for the application"),
        ("PermissionsBoundaryArn", boundary.ref(), "The application's PermissionsBoundaryArn"),
        ("ApplicationStackName", Sub(names.STACK), "The only stack that the roles can deploy"),
    )
    tagging.apply_to(template, environment=template.parameters["EnvironmentSuffix"])
    return template


def boundary_policy(lanes: Sequence[Lane], *stacks: PlannedStack) -> PolicyDocument:
    """Return what roles of the stacks can ever do; see ``build``."""
    policy = document(*statements(limits.derive(*stacks)))
    if (length := size(policy)) > POLICY_SIZE:
        policies = {
            lane.name: str(stacks[0].resources[lane.logical_id("FileProcessorPolicy")].properties)
            for lane in lanes
        }
        largest = max(policies, key=lambda name: len(policies[name]))
        raise LimitError(
            f"the boundary would have {length:,} characters, of {POLICY_SIZE:,} that IAM takes: "
            f"allow less in processors/{largest}/permissions.py, which allows most"
        )
    return policy


def add_form_to(template: Template, edition: Edition) -> None:
    """Add the parameters, which are named as the application's, and the conditions they make."""
    field = partial(ask, template, "Application")
    parameters.environment_suffix(
        field,
        "prod",
        "The role deploys stack serverlessapp-... only, and reaches all that is named so and a "
        "hyphen: no other environment's name may begin with this one's and a hyphen.",
        reserved=RESERVED,
    )
    encryption = parameters.encryption(
        field, "As the application has it. Only with CustomerManaged, keys are made."
    )
    code_bucket = parameters.code_bucket(
        field, "Your own bucket of the application's code packages. Empty: the pipeline's alone."
    )
    if edition.source is UploadSource.EXISTING_BUCKET:
        source = parameters.existing_bucket(field, can_be_many=True)
        template.add_condition(HAS_SOURCE_ACCOUNT, given(source.account))
        template.add_condition(HAS_SOURCE_KEY, given(source.key_arn))
    pipeline = partial(ask, template, "Pipeline")
    pipeline_account.add_to(
        template, pipeline, "Name of the pipeline's stack, whose roles may take these."
    )
    template.metadata |= architecture(
        "CloudFormation takes DeployRole to make the application, and puts each role of "
        "the application within ApplicationBoundary. Both are derived from the "
        "application's template. The pipeline takes the other roles, by their names.",
        must=[
            "A person launches and updates this stack, once for an environment: what limits a push "
            "must not be in the hands of a push.",
            "Its own name does not begin with that one and a hyphen, nor does any other stack's: "
            "the role would reach it.",
        ],
        ref={"docs/deploy-role.md": "what is in it, and how it is used"},
    )
    template.add_condition(CUSTOMER_MANAGED_KEY, parameters.is_customer_managed(encryption))
    template.add_condition(HAS_CODE_BUCKET, given(code_bucket))


def part_of(statement: Statement) -> str:
    """Return which of the policies a statement belongs to."""
    text = json.dumps(encode_to_dict(statement))
    if 'Permission"' in text:
        return BUS
    if f"${{{CODE_BUCKET}}}" in text or "s3.*." in text:  # a package, or with a key through S3
        return CODE
    return KEYS if "kms:" in text else ALWAYS
