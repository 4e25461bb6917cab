"""One role for each action, and the limit that none of them can leave."""

from collections.abc import Iterable
from typing import Any

from awacs import sts
from awacs.aws import (
    Allow,
    ArnLike,
    AWSPrincipal,
    Condition,
    PolicyDocument,
    Principal,
    Statement,
)
from troposphere import AWSHelperFn, If, NoValue, Sub, Template, iam

from generators.accepted import Accepted
from generators.policies import document

ACCEPTED = (
    Accepted(
        resource="PipelineRole",
        rule="confused-deputy",
        reason="AWS documents none; only who may pass the role makes CodePipeline use it",
        templates="pipeline",
    ),
)

POLICY_NAME = "Action"


def add_pipeline_role_to(template: Template) -> iam.Role:
    """Add the role CodePipeline has by itself. Its permissions follow when all roles are known."""
    return template.add_resource(
        iam.Role(
            "PipelineRole", AssumeRolePolicyDocument=trust_service("codepipeline.amazonaws.com")
        )
    )


def add_action_role_to(
    template: Template,
    title: str,
    pipeline_role: iam.Role,
    *statements: Statement,
    condition: str | None = None,
) -> iam.Role:
    """Add a role that only the pipeline's own role can assume, for one action.

    Args:
        template: The template under construction.
        title: The role's logical ID.
        pipeline_role: Who assumes it.
        statements: Everything that the action does.
        condition: The role exists only if this holds.
    """
    role = iam.Role(
        title,
        AssumeRolePolicyDocument=document(
            Statement(
                Effect=Allow,
                Principal=AWSPrincipal(pipeline_role.get_att("Arn")),
                Action=[sts.AssumeRole],
            )
        ),
        Policies=[iam.Policy(PolicyName=POLICY_NAME, PolicyDocument=document(*statements))],
    )
    if condition:
        role.Condition = condition
    return template.add_resource(role)


def add_build_role_to(
    template: Template, title: str, project_name: str, *statements: Statement
) -> iam.Role:
    """Add the role of what a CodeBuild project runs, for that project only.

    Source: CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services", about
    the confused deputy.

    Args:
        template: The template under construction.
        title: The role's logical ID.
        project_name: Pattern of the project's name, for ``Sub``.
        statements: Everything that the build does.
    """
    projects = "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/"
    return template.add_resource(
        iam.Role(
            title,
            AssumeRolePolicyDocument=trust_service(
                "codebuild.amazonaws.com", Sub(projects + project_name)
            ),
            Policies=[iam.Policy(PolicyName=POLICY_NAME, PolicyDocument=document(*statements))],
        )
    )


def trust_service(service: str, source_arn: AWSHelperFn | None = None) -> PolicyDocument:
    """Let a service assume the role, where AWS documents that in the name of one resource only.

    Elsewhere a condition that the service does not fill would lock it out. It is not needed:
    only who may pass the role, in this account, can make the service use it.
    """
    statement = Statement(
        Effect=Allow, Principal=Principal("Service", service), Action=[sts.AssumeRole]
    )
    if source_arn:
        # The ARN names the account, so aws:SourceAccount would say nothing more.
        statement.Condition = Condition([ArnLike({"aws:SourceArn": source_arn})])
    return document(statement)


def arns(roles: Iterable[iam.Role]) -> list[Any]:
    """Return the ARN of each role, for a list in which those that do not exist are left out."""
    return [
        If(condition, role.get_att("Arn"), NoValue)
        if (condition := role.resource.get("Condition"))
        else role.get_att("Arn")
        for role in roles
    ]
