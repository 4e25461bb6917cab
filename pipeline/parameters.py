"""The form of whoever launches the pipeline.

The lengths are limited so that all values together fit into what the pipeline tells
CloudFormation when it updates itself; see ``stages/update.py``.
"""

from dataclasses import dataclass
from functools import partial

from troposphere import Parameter, Template

from generators.form import Ask, ask, given
from pipeline import names, places, stores
from pipeline.delivery import Delivery

HAS_EMAIL = "HasNotificationEmail"


@dataclass(frozen=True, kw_only=True)
class ParameterRefs:
    """The parameters, as other parts refer to them."""

    connection_arn: Parameter
    repository_id: Parameter
    branch_name: Parameter
    notification_email: Parameter


def add_to(template: Template, delivery: Delivery) -> ParameterRefs:
    """Add the parameters, and the condition that there is an address if there need not be one."""
    source = partial(ask, template, "Source")
    asks = any(each.approval for each in delivery.environments)
    address = '[^@ "\\\\]+@[^@ "\\\\]+\\.[^@ "\\\\]+'
    refs = ParameterRefs(
        connection_arn=source(
            "Connection",
            "ConnectionArn",
            MaxLength=115,
            AllowedPattern="^arn:aws:(codeconnections|codestar-connections):"
            f"[a-z0-9-]+:{delivery.account or '[0-9]{12}'}:connection/[a-z0-9-]+$",
            Description="Connection to your code host, from Developer Tools, Connections.",
            ConstraintDescription="must be the ARN of a connection"
            + (f" of account {delivery.account}" if delivery.account else ""),
        ),
        repository_id=source(
            "Repository",
            "RepositoryId",
            MaxLength=64,
            AllowedPattern="^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+$",
            Description="Your fork, as owner/name.",
            ConstraintDescription="must be owner/name with at most 64 characters",
        ),
        branch_name=source(
            "Branch",
            "BranchName",
            Default="main",
            MaxLength=40,
            AllowedPattern="^[A-Za-z0-9_./-]+$",
            Description="Pushes to this branch are delivered.",
            ConstraintDescription="must be a branch name of at most 40 letters, digits and _ . / -",
        ),
        notification_email=ask(
            template,
            "Messages",
            "Email address for failures and approvals",
            "NotificationEmail",
            **({} if asks else {"Default": ""}),
            MaxLength=64,
            AllowedPattern=f"^{address}$" if asks else f"^(|{address})$",
            Description="Receives failures and approvals, once the subscription is confirmed.",
            ConstraintDescription="must be an email address of up to 64 characters"
            + ("" if asks else " or empty"),
        ),
    )
    if not asks:
        template.add_condition(HAS_EMAIL, given(refs.notification_email))
    if places.other_accounts(delivery):
        artifact_key_arn(
            partial(ask, template, "Accounts"),
            stores.KEY,
            "Output of the stack of pipeline-region.yaml in this Region.",
            delivery,
        )
    return refs


def artifact_key_arn(
    ask: Ask, title: str, description: str, delivery: Delivery, *, required: bool = True
) -> Parameter:
    """Return the parameter for the artifact key; the template that replicates it has it, too.

    The key is the primary, so it is where the pipeline is, as far as that is named.
    """
    account, region = delivery.account or "[0-9]{12}", delivery.region or "[a-z0-9-]+"
    arn = f"arn:aws:kms:{region}:{account}:key/mrk-[0-9a-f]{{32}}"
    home = " ".join(filter(None, (delivery.region, delivery.account)))
    return ask(
        "Key for artifacts and packages",
        title,
        **({} if required else {"Default": ""}),
        MaxLength=90,
        AllowedPattern=f"^{arn}$" if required else f"^(|{arn})$",
        Description=description,
        ConstraintDescription=f"must be the ARN of the multi-Region key in {home}"
        + ("" if required else " or empty"),
    )


def pipeline_stack_name(ask: Ask, description: str) -> Parameter:
    """Return the parameter by which the templates of roles name the pipeline's stack."""
    return ask(
        "Name of the pipeline's stack",
        "PipelineStackName",
        Default=names.PIPELINE,
        AllowedPattern=names.PIPELINE_PATTERN,
        Description=description,
        ConstraintDescription=names.PIPELINE_WORDS,
    )
