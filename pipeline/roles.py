"""One role for each action, and the limit that none of them can leave."""

import json
from collections.abc import Iterator, Sequence

from awacs.aws import ArnLike, AWSPrincipal, Principal, Statement
from troposphere import AWSHelperFn, If, NoValue, Sub, Template, encode_to_dict, iam

from generators.context import REVIEWED, explained
from generators.policies import document, trust
from pipeline.derivation.statements import policies

POLICY_NAME = "Action"
# With it, a role that changes others could let more in; why it is granted.
ESCALATION = "iam:UpdateAssumeRolePolicy"
ONLY_TRUST = f"{ESCALATION} changes who may assume a role; the boundary limits what the role may do"


def add_pipeline_role_to(template: Template) -> iam.Role:
    """Add the role CodePipeline has by itself; its permissions follow."""
    return template.add_resource(
        iam.Role(
            "PipelineRole",
            Metadata=explained(
                "Service role of CodePipeline: transfers artifacts and assumes the role of each "
                "action, which has all other permissions. Its permissions are a separate policy, "
                "because the roles of actions trust this role and the policy names those roles: "
                "a circular dependency.",
                mutable=REVIEWED,
            ),
            AssumeRolePolicyDocument=trust(Principal("Service", "codepipeline.amazonaws.com")),
        )
    )


def add_action_role_to(
    template: Template, title: str, pipeline_role: iam.Role, *statements: Statement, why: str
) -> iam.Role:
    """Add a role that only the pipeline's own role can assume, for actions of one kind."""
    role = iam.Role(
        title,
        Metadata=explained(why, mutable=REVIEWED),
        AssumeRolePolicyDocument=trust(AWSPrincipal(pipeline_role.get_att("Arn"))),
        Policies=[iam.Policy(PolicyName=POLICY_NAME, PolicyDocument=document(*statements))],
    )
    return template.add_resource(role)


def add_build_role_to(
    template: Template, title: str, project_name: str, why: str, *statements: Statement
) -> iam.Role:
    """Add the role of what a CodeBuild project runs, for that project only.

    Source: CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services", about
    the confused deputy.
    """
    projects = "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/"
    return template.add_resource(
        iam.Role(
            title,
            Metadata=explained(
                why,
                mutable=REVIEWED,
                must=["The trust policy names the project: no other build can assume the role."],
            ),
            # The ARN names the account, so aws:SourceAccount would say nothing more.
            AssumeRolePolicyDocument=trust(
                Principal("Service", "codebuild.amazonaws.com"),
                ArnLike({"aws:SourceArn": Sub(projects + project_name)}),
            ),
            Policies=[iam.Policy(PolicyName=POLICY_NAME, PolicyDocument=document(*statements))],
        )
    )


def add_policies_to(
    template: Template,
    title: str,
    statements: Sequence[Statement],
    *,
    why: str,
    condition: str | None = None,
) -> Iterator[AWSHelperFn]:
    """Add statements in managed policies, which exist under a condition, and yield each ARN.

    Their logical IDs are the title, with a number after it if there are several.
    """
    parts = policies(statements)
    for number, part in enumerate(parts, 1):
        more = f": part {number} of {len(parts)}, because of IAM's limit on the size of a policy"
        escalates = ESCALATION in json.dumps(encode_to_dict(part))
        policy = iam.ManagedPolicy(
            f"{title}{number}" if len(parts) > 1 else title,
            Metadata=explained(
                f"{why}{more if len(parts) > 1 else ''}.",
                mutable=REVIEWED,
                skip={"W9302": ONLY_TRUST} if escalates else {},
            ),
            PolicyDocument=part,
        )
        if condition:
            policy.Condition = condition
        arn = template.add_resource(policy).ref()
        yield If(condition, arn, NoValue) if condition else arn
