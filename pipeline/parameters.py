"""The form of whoever launches the pipeline: parameters, and the conditions made of them.

The lengths are limited so that all values together fit into what the pipeline tells
CloudFormation when it updates itself; see ``stages/update.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from troposphere import And, Condition, Equals, Not, Or, Parameter, Ref, Template
from troposphere import Region as OwnRegion

from generators.form import Ask, ask
from generators.parameters import IAM_NAME, environment_suffix, given
from pipeline.regions import EXTRA, Region

ACROSS_REGIONS = "AcrossRegions"
ASKS_FOR_APPROVAL = "AsksForApproval"
HAS_EMAIL = "HasNotificationEmail"

ARN_LENGTH = 100  # 31 characters and a name of at most 64, with room for a short path


@dataclass(frozen=True, kw_only=True)
class ParameterRefs:
    """The parameters, as other parts refer to them."""

    connection_arn: Parameter
    repository_id: Parameter
    branch_name: Parameter
    notification_email: Parameter
    environment_suffix: Parameter
    require_approval: Parameter
    deploy_to: Mapping[Region, Parameter]
    deploy_role_arn: Parameter
    permissions_boundary_arn: Parameter
    taskcat_role_arn: Parameter
    update_role_arn: Parameter


def add_to(template: Template) -> ParameterRefs:
    """Add parameters and conditions."""
    source = partial(ask, template, "Source")
    production = partial(ask, template, "Production")
    roles = partial(ask, template, "Roles, from the outputs of the stacks launched before")
    refs = ParameterRefs(
        connection_arn=source(
            "Connection",
            "ConnectionArn",
            MaxLength=115,
            AllowedPattern="^arn:aws:(codeconnections|codestar-connections):"
            "[a-z0-9-]+:[0-9]{12}:connection/[a-z0-9-]+$",
            Description="Connection to your code host, from Developer Tools, Connections.",
            ConstraintDescription="must be the ARN of a connection",
        ),
        repository_id=source(
            "Repository",
            "RepositoryId",
            MaxLength=64,
            AllowedPattern="^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$",
            Description="Your fork, as owner/name.",
            ConstraintDescription="must be owner/name with up to 64 characters",
        ),
        branch_name=source(
            "Branch",
            "BranchName",
            Default="main",
            MaxLength=40,
            AllowedPattern="^[A-Za-z0-9_./-]+$",
            Description="A push to this branch is delivered.",
            ConstraintDescription="must be a branch's name with up to 40 letters, digits "
            "and _ . / -",
        ),
        environment_suffix=environment_suffix(
            production,
            "prod",
            "What is delivered to: a file in pipeline/environments/, part of the stack's "
            "name, and a tag.",
            MaxLength=12,
        ),
        deploy_to={
            region: yes_or_no(
                production,
                f"Deploy to {region.name}",
                region.parameter,
                default="false",
                description=f"Also deploy to {region.name}. The pipeline's own Region always "
                "is; another one needs the stack of pipeline-region.yaml first.",
            )
            for region in EXTRA
        },
        require_approval=yes_or_no(
            production,
            "Ask before production changes",
            "RequireApproval",
            default="true",
            description="Ask a person before production changes, also before a rollback.",
        ),
        notification_email=production(
            "Email address for failures and approvals",
            "NotificationEmail",
            Default="",
            MaxLength=64,
            AllowedPattern='^(|[^@ "\\\\]+@[^@ "\\\\]+\\.[^@ "\\\\]+)$',
            Description="Who is told about failures and approvals, after a confirmation.",
            ConstraintDescription="must be an email address of up to 64 characters or empty",
        ),
        deploy_role_arn=role_arn(
            roles,
            "Role that deploys the application",
            "DeployRoleArn",
            "CloudFormation deploys the application with this role.",
        ),
        permissions_boundary_arn=roles(
            "Permissions boundary of the application",
            "PermissionsBoundaryArn",
            MaxLength=ARN_LENGTH,
            AllowedPattern=f"^arn:aws:iam::[0-9]{{12}}:policy/{IAM_NAME}$",
            Description="Managed policy that limits every role of the application.",
            ConstraintDescription="must be the ARN of a managed policy of this account",
        ),
        taskcat_role_arn=role_arn(
            roles,
            "Role that tests the templates",
            "TaskcatRoleArn",
            "The test stage makes and deletes its stacks with it.",
        ),
        update_role_arn=role_arn(
            roles,
            "Role that updates the pipeline",
            "UpdateRoleArn",
            "CloudFormation updates this pipeline with this role.",
        ),
    )
    add_conditions(template, refs)
    return refs


def yes_or_no(ask: Ask, label: str, title: str, *, default: str, description: str) -> Parameter:
    """Return a parameter that is true or false."""
    return ask(
        label,
        title,
        Default=default,
        AllowedValues=["true", "false"],
        Description=description,
        ConstraintDescription="must be true or false",
    )


def role_arn(ask: Ask, label: str, title: str, description: str) -> Parameter:
    """Return a parameter for a role that was made before."""
    return ask(
        label,
        title,
        MaxLength=ARN_LENGTH,
        AllowedPattern=f"^arn:aws:iam::[0-9]{{12}}:role/{IAM_NAME}$",
        Description=description,
        ConstraintDescription="must be the ARN of a role",
    )


def add_conditions(template: Template, parameters: ParameterRefs) -> None:
    """Add what the parameters turn on."""
    for region, parameter in parameters.deploy_to.items():
        template.add_condition(
            region.condition,
            And(is_true(parameter), Not(Equals(OwnRegion, region.name))),
        )
    template.add_condition(ACROSS_REGIONS, Or(*(Condition(region.condition) for region in EXTRA)))
    template.add_condition(ASKS_FOR_APPROVAL, is_true(parameters.require_approval))
    template.add_condition(HAS_EMAIL, given(parameters.notification_email))


def is_true(parameter: Parameter) -> Equals:
    """Return the condition that a yes-or-no parameter says yes."""
    return Equals(Ref(parameter), "true")


def pipeline_stack_name(ask: Ask, description: str) -> Parameter:
    """Return the parameter by which the templates of roles name the pipeline's stack."""
    return ask(
        "Name of the pipeline's stack",
        "PipelineStackName",
        Default="serverlessapp-pipeline",
        # A bucket's name begins with it, so it is lowercase.
        AllowedPattern="^[a-z][a-z0-9-]{0,23}$",
        Description=description,
        ConstraintDescription="must be up to 24 lowercase letters, digits and hyphens",
    )
