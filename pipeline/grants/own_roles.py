"""How CloudFormation may change the pipeline's roles: only within their boundary."""

from awacs import iam
from awacs.aws import Allow, ArnLike, Condition, Statement, StringEquals
from troposphere import Sub

NAME = "${PipelineStackName}"


def arn(service: str, resource: str, *, region: str = "${AWS::Region}") -> Sub:
    """Return an ARN pattern in this account; IAM has no Regions."""
    return Sub(f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}")


def roles() -> Sub:
    """Return the ARN pattern of the pipeline's roles."""
    return arn("iam", f"role/{NAME}-*", region="")


def boundary() -> Sub:
    """Return the ARN pattern of the pipeline's permissions boundary."""
    return arn("iam", f"policy/{NAME}-PipelineBoundary-*", region="")


def read_roles() -> Statement:
    """Look at the pipeline's roles, and at their boundary."""
    return Statement(
        Sid="ReadRoles",
        Effect=Allow,
        Action=[
            iam.GetPolicy,
            iam.GetPolicyVersion,
            iam.GetRole,
            iam.GetRolePolicy,
            iam.ListAttachedRolePolicies,
            iam.ListEntitiesForPolicy,
            iam.ListPolicyVersions,
            iam.ListRolePolicies,
        ],
        Resource=[roles(), boundary()],
    )


def make_limited_roles() -> Statement:
    """Make roles and give them permissions, but only within the boundary.

    Source: IAM User Guide, "Permissions boundaries for IAM entities", delegating with boundaries.
    """
    return Statement(
        Sid="MakeLimitedRoles",
        Effect=Allow,
        Action=[iam.CreateRole, iam.PutRolePermissionsBoundary, iam.PutRolePolicy],
        Resource=[roles()],
        Condition=Condition([ArnLike({"iam:PermissionsBoundary": boundary()})]),
    )


def change_roles() -> Statement:
    """Change roles in ways that give them no permissions, or delete them."""
    return Statement(
        Sid="ChangeRoles",
        Effect=Allow,
        Action=[
            iam.DeleteRole,
            iam.DeleteRolePolicy,
            iam.TagRole,
            iam.UntagRole,
            iam.UpdateAssumeRolePolicy,
            iam.UpdateRole,
        ],
        Resource=[roles()],
    )


def delete_boundary() -> Statement:
    """Delete the boundary with the stack: IAM refuses while a role is within it.

    It cannot be made or changed, so a commit cannot widen it.
    """
    return Statement(
        Sid="DeleteBoundary",
        Effect=Allow,
        Action=[iam.DeletePolicy],
        Resource=[boundary()],
    )


def pass_roles() -> Statement:
    """Hand the pipeline's roles to the two services that use them."""
    return Statement(
        Sid="PassRoles",
        Effect=Allow,
        Action=[iam.PassRole],
        Resource=[roles()],
        Condition=Condition(
            [
                StringEquals(
                    {
                        "iam:PassedToService": [
                            "codebuild.amazonaws.com",
                            "codepipeline.amazonaws.com",
                        ]
                    }
                )
            ]
        ),
    )
