"""The pipeline's stack and account, as the templates around it know them. ADR 31."""

from typing import Any

from awacs import kms
from awacs.aws import ArnLike, AWSPrincipal, PolicyDocument, StringEquals, StringLike
from troposphere import (
    AccountId,
    And,
    Equals,
    If,
    Join,
    Not,
    NoValue,
    Parameter,
    Ref,
    Split,
    Sub,
    Template,
    iam,
)

from generators import policies
from generators.form import Ask, given
from generators.policies import allow, document
from pipeline import names
from pipeline.parameters import pipeline_stack_name

PARAMETER = "PipelineAccount"
ELSEWHERE = "PipelineIsElsewhere"
# CloudFormation calls these roles <stack>-<logical ID>-<letters>.
PIPELINE_ROLE, INSPECT_ROLE, TASKCAT_ROLE = "PipelineRole", "InspectBuildRole", "TaskcatBuildRole"


def add_to(template: Template, ask: Ask, description: str) -> Parameter:
    """Add the parameters that say where the pipeline is, and return its stack's name."""
    stack_name = pipeline_stack_name(ask, description)
    number = ask(
        "Account of the pipeline",
        PARAMETER,
        Default="",
        AllowedPattern="^(|[0-9]{12})$",
        Description="12 digits. Empty: this account.",
        ConstraintDescription="must be empty or 12 digits",
    )
    elsewhere = And(given(number), Not(Equals(Ref(number), AccountId)))
    template.add_condition(ELSEWHERE, elsewhere)
    return stack_name


def account() -> If:
    return If(ELSEWHERE, Ref(PARAMETER), AccountId)


def arn(text: str, **variables: Any) -> Sub:
    """Return an ARN from what comes after the partition, with ``${Home}`` for the account."""
    return Sub(f"arn:${{AWS::Partition}}:{text}", Home=account(), **variables)


def trust(who: Sub) -> PolicyDocument:
    """Let one role of the pipeline's stack take the role, and nobody else of its account.

    As a condition: the pipeline need not exist yet, and IAM would refuse its role's ARN. An
    assumed role's session has the role's ARN in ``aws:PrincipalArn`` (IAM User Guide, "AWS global
    condition context keys"). An action of CodePipeline sends no external ID.
    """
    return policies.trust(
        AWSPrincipal(arn("iam::${Home}:root")), ArnLike({"aws:PrincipalArn": who})
    )


def role_arn(role: str) -> Sub:
    """Return the pattern of the ARN of a role that CloudFormation named after the pipeline."""
    return arn(f"iam::${{Home}}:role/${{PipelineStackName}}-{role}-*")


def verifier_arn() -> Sub:
    """Return the pattern of the ARN of the role of the build that verifies this environment.

    Not to the end: CloudFormation cuts a logical ID so that a role's name fits into IAM's 64
    characters, to 25 or more of them (``generate_resource_identifier`` of
    aws-cloudformation/cloudformation-cli-python-plugin).
    """
    build = names.VERIFIER.format(environment="${Name}") + "Build*"
    name = Join(names.HYPHEN, Split("-", Ref("EnvironmentSuffix")))
    return arn(f"iam::${{Home}}:role/${{PipelineStackName}}-{build}", Name=name)


def owned() -> StringEquals:
    """Return the condition that a bucket is the pipeline's account's: its name can be guessed."""
    return StringEquals({"aws:ResourceAccount": account()})


def across_accounts(*, describe: bool = False) -> If:
    """Return a role's policy to use keys of the pipeline's account through S3, if it is another.

    Only across accounts, artifacts and code have a key (CodePipeline User Guide, "Create a pipeline
    in CodePipeline that uses resources from another AWS account"); its policy says who may use it.
    A role of an action may ``describe`` it, too, as that page and AWS CDK have it.
    """
    through = StringLike({"kms:ViaService": Sub("s3.*.${AWS::URLSuffix}")})
    keys = Sub(f"arn:${{AWS::Partition}}:kms:*:${{{PARAMETER}}}:key/*")
    statements = [allow("DecryptAcrossAccounts", [kms.Decrypt], [keys], through)]
    if describe:
        statements.append(allow("LookAtKeyAcrossAccounts", [kms.DescribeKey], [keys]))
    policy = iam.Policy(PolicyName="AcrossAccounts", PolicyDocument=document(*statements))
    return If(ELSEWHERE, policy, NoValue)
