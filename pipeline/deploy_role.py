"""What an environment takes: CloudFormation's role, the application's boundary, and more roles.

The first two are derived from the application (``derivation``, ADR 12); the others are those that
the pipeline takes (``environment_roles``). All have fixed names (ADR 31).
"""

import json
from collections.abc import Sequence
from functools import partial
from itertools import chain

from awacs.aws import PolicyDocument, Principal, Statement
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
from generators.policies import document, trust
from generators.source import UploadSource
from pipeline import environment_roles, names, pipeline_account
from pipeline.delivery import Delivery
from pipeline.delivery_keys import RESERVED
from pipeline.derivation import limits
from pipeline.derivation.names import LimitError, PlannedStack
from pipeline.derivation.statements import POLICY_SIZE, derive, size, statements
from pipeline.grants import environment as grants
from pipeline.planned_lanes import planned
from pipeline.roles import add_policies_to

BOUNDARY = "ApplicationBoundary"
ROLE = "DeployRole"
CODE_BUCKET, HAS_CODE_BUCKET = "CodeBucket", "HasCodeBucket"
ALWAYS, KEYS, CODE, BUS = "Deploy", "DeployKeys", "DeployCode", "DeployBus"
# The policies: logical ID, condition, why.
PARTS = (
    (
        ALWAYS,
        None,
        "Creates, reads, updates and deletes the application's resources, with the permissions "
        "that AWS publishes for them",
    ),
    (
        KEYS,
        CUSTOMER_MANAGED_KEY,
        "Only tags tell keys apart, so these permissions are granted only where needed",
    ),
    (
        CODE,
        HAS_CODE_BUCKET,
        "Packages from another bucket are needed only by teams that have their own",
    ),
    (
        BUS,
        HAS_SOURCE_ACCOUNT,
        "Whoever can change the policy of an event bus can let any account send to it. AWS "
        "cannot limit that permission to one bus, so it is granted only if the bucket is in "
        "another account",
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
    """Return the template, launched before the application's of this edition.

    Any environment can have the roles, whatever the delivery.

    Raises:
        LimitError: What the lanes are granted has no place in one boundary, or no limit.
    """
    lanes = load() if lanes is None else lanes
    stack = application_stack(lanes, edition)
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: roles that deploy one environment ({edition.value}), and the permissions "
        "boundary of the application."
    )
    add_form_to(template, edition)
    boundary = template.add_resource(
        iam.ManagedPolicy(
            BOUNDARY,
            Metadata=explained(
                "Permissions boundary of the application's roles. Without it, whoever can change "
                "the application's template could give its roles any permission. It allows what "
                "the roles have today; for more, a person updates this stack.",
                mutable=CONSTRAINED,
                must=[
                    "DeployRole can neither change this policy nor remove it from a role.",
                    "The name and description must not change: IAM cannot update them, and a "
                    "replacement would have the same name.",
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
                "CloudFormation deploys with this role, so whoever starts a deployment needs no "
                "permissions on the resources. Derived from the template: a list kept by hand "
                "becomes either an administrator or outdated.",
                mutable=REVIEWED,
                must=["Update this stack before the application when the application needs more."],
                mutability={"RoleName": NEVER},
                skip={
                    "W9310": "launched by a person; the application's own roles have the boundary",
                },
            ),
            RoleName=Sub(names.role(names.DEPLOY, "${EnvironmentSuffix}")),
            Description=Sub(f"CloudFormation deploys stack {names.STACK} with this role"),
            AssumeRolePolicyDocument=trust(Principal("Service", "cloudformation.amazonaws.com")),
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
        (
            "DeployRoleArn",
            role.get_att("Arn"),
            "Service role of CloudFormation for the application",
        ),
        (
            "PermissionsBoundaryArn",
            boundary.ref(),
            "Value for the application's parameter PermissionsBoundaryArn",
        ),
        (
            "ApplicationStackName",
            Sub(names.STACK),
            "The only stack name that these roles can deploy",
        ),
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
            f"the boundary would have {length:,} characters, and IAM allows {POLICY_SIZE:,}: "
            f"reduce processors/{largest}/permissions.py, the largest"
        )
    return policy


def add_form_to(template: Template, edition: Edition) -> None:
    """Add the parameters, which are named as the application's, and the conditions they make."""
    field = partial(ask, template, "Application")
    parameters.environment_suffix(
        field,
        "prod",
        "The roles deploy only stack serverlessapp-..., and reach everything whose name begins "
        "with that and a hyphen: no other environment's name may begin with this one and a "
        "hyphen. Cannot be changed later: roles and boundary are named after it.",
        reserved=RESERVED,
    )
    encryption = parameters.encryption(
        field, "As in the application. Only with CustomerManaged may keys be created."
    )
    code_bucket = parameters.code_bucket(
        field, "Your own bucket for packages. Empty: only the pipeline's."
    )
    if edition.source is UploadSource.EXISTING_BUCKET:
        source = parameters.existing_bucket(field, can_be_many=True)
        template.add_condition(HAS_SOURCE_ACCOUNT, given(source.account))
        template.add_condition(HAS_SOURCE_KEY, given(source.key_arn))
    pipeline = partial(ask, template, "Pipeline")
    pipeline_account.add_to(
        template, pipeline, "Name of the pipeline's stack, whose roles may assume these roles."
    )
    template.metadata |= architecture(
        "CloudFormation assumes DeployRole to deploy the application, and each role of the "
        "application has ApplicationBoundary. Both are derived from the application's template. "
        "The pipeline assumes the other roles, by their names.",
        must=[
            "A person launches and updates this stack, one for each environment: a push must not "
            "change what limits it.",
            "No other stack's name, including this one's, may begin with that name and a hyphen: "
            "the role would reach it.",
        ],
        ref={"docs/deploy-role.md": "what it contains and how to use it"},
    )
    template.add_condition(CUSTOMER_MANAGED_KEY, parameters.is_customer_managed(encryption))
    template.add_condition(HAS_CODE_BUCKET, given(code_bucket))


def part_of(statement: Statement) -> str:
    text = json.dumps(encode_to_dict(statement))
    if 'Permission"' in text:
        return BUS
    if f"${{{CODE_BUCKET}}}" in text or "s3.*." in text:  # a package, or with a key through S3
        return CODE
    return KEYS if "kms:" in text else ALWAYS
