"""The roles in which GitHub Actions deploys an environment, instead of the pipeline. ADR 0033."""

from functools import partial

from awacs import cloudformation, s3, sts
from awacs.aws import Null, PolicyDocument, Principal, Statement, StringEquals
from troposphere import AWSHelperFn, Equals, If, Ref, Sub, Template, iam

from generators import parameters, policies, tagging
from generators.context import REVIEWED, architecture, explained
from generators.form import ask
from generators.naming import PROJECT
from generators.outputs import export
from generators.policies import allow, document
from pipeline import names
from pipeline.grants import access, changes
from pipeline.roles import POLICY_NAME

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
MAKES_PROVIDER = "MakesProvider"
ACCOUNT = "arn:${AWS::Partition}:iam::${AWS::AccountId}"
DEPLOY_ROLE = Sub(f"{ACCOUNT}:role/{names.role(names.DEPLOY, '${EnvironmentSuffix}')}")
STACKS = Sub(f"arn:${{AWS::Partition}}:cloudformation:*:${{AWS::AccountId}}:stack/{names.STACK}/*")
PERSON = {"W9310": "launched by a person; the permissions of the roles fit on a page"}


def build() -> Template:
    """Return the template, launched in the account of an environment after its deploy role."""
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: roles for GitHub Actions to deploy one environment: one creates change "
        "sets, the other executes them after an approval."
    )
    add_form_to(template)
    provider = template.add_resource(
        iam.OIDCProvider(
            "Provider",
            Condition=MAKES_PROVIDER,
            Metadata=explained(
                "Lets IAM trust GitHub's tokens. One per account, shared by all roles for GitHub.",
                mutable=REVIEWED,
                must=["Deleted with this stack: other environments' roles then stop working."],
            ),
            Url=f"https://{ISSUER}",
            ClientIdList=[AUDIENCE],
        )
    )
    issuer = If(MAKES_PROVIDER, provider.ref(), Sub(f"{ACCOUNT}:oidc-provider/{ISSUER}"))
    review = add_role_to(
        template,
        issuer,
        "ReviewRole",
        "github-review",
        "ref:refs/heads/${BranchName}",
        prepare_change_set(),
        read_stack(),
        access.pass_to_cloudformation("PassDeployRole", DEPLOY_ROLE),
        put_packages(),
        read_packages(),
        find_packages(),
        why="Jobs on the branch upload the template and create the change set that people review. "
        "They cannot execute it.",
    )
    deliver = add_role_to(
        template,
        issuer,
        "DeliverRole",
        "github-deliver",
        "environment:${EnvironmentSuffix}",
        changes.execute_change_set(STACKS),  # which keeps the role that it was made with
        why="Jobs in the GitHub environment, which wait for its reviewers, execute an existing "
        "change set. They cannot create one.",
    )
    export(
        template,
        (
            "ReviewRoleArn",
            review.get_att("Arn"),
            "Role that creates change sets, for jobs on the branch",
        ),
        (
            "DeliverRoleArn",
            deliver.get_att("Arn"),
            "Role that executes change sets, for jobs in the GitHub environment",
        ),
    )
    tagging.apply_to(template, environment=template.parameters["EnvironmentSuffix"])
    return template


def add_form_to(template: Template) -> None:
    application = partial(ask, template, "Application")
    parameters.environment_suffix(
        application,
        "prod",
        f"The roles reach only stack {PROJECT.lower()}-..., as the GitHub environment is named.",
    )
    parameters.code_bucket(
        application,
        "Bucket for templates and packages, as in the stack of deploy-role.yaml.",
        required=True,
    )
    github = partial(ask, template, "GitHub")
    github(
        "Repository",
        "Repository",
        MaxLength=256,
        # Both forms of the subject: owner/name, and with the number of each. No wildcards.
        AllowedPattern="^[A-Za-z0-9_.@-]+/[A-Za-z0-9_.@-]+$",
        Description="owner/name as in the sub claim of GitHub's tokens (docs/requests.md).",
        ConstraintDescription="must be owner/name, each with its number if the tokens have one",
    )
    github(
        "Branch",
        "BranchName",
        Default="main",
        MaxLength=100,
        AllowedPattern="^[A-Za-z0-9_./-]+$",
        Description="Only jobs on this branch can create change sets.",
        ConstraintDescription="must be a branch name of letters, digits and _ . / -",
    )
    provider = github(
        "Identity provider",
        "IdentityProvider",
        Default="make",
        AllowedValues=["make", "existing"],
        Description=f"make: create the account's only provider for {ISSUER}. existing: use it.",
        ConstraintDescription="must be make or existing",
    )
    template.add_condition(MAKES_PROVIDER, Equals(Ref(provider), "make"))
    template.metadata |= architecture(
        "A job on the branch assumes ReviewRole and creates a change set; a job in the GitHub "
        "environment assumes DeliverRole and executes it; CloudFormation uses the deploy role.",
        must=[
            "The GitHub environment must have required reviewers and allow only this branch: IAM "
            "can check its name, not its rules.",
            "A person launches and updates this stack.",
        ],
        ref={"docs/requests.md": "how to launch it, with a workflow that uses it"},
    )


def add_role_to(
    template: Template,
    issuer: AWSHelperFn,
    title: str,
    purpose: str,
    context: str,
    *statements: Statement,
    why: str,
) -> iam.Role:
    """Add a role for jobs of one kind, of one repository."""
    return template.add_resource(
        iam.Role(
            title,
            Metadata=explained(
                why,
                mutable=REVIEWED,
                must=[
                    "The trust policy must name one full subject: wildcards admit other branches."
                ],
                skip=PERSON,
            ),
            RoleName=Sub(names.role(purpose, "${EnvironmentSuffix}")),
            Description=Sub(f"GitHub Actions, {context}, for stack {names.STACK}"),
            AssumeRolePolicyDocument=trust(issuer, Sub(f"repo:${{Repository}}:{context}")),
            Policies=[iam.Policy(PolicyName=POLICY_NAME, PolicyDocument=document(*statements))],
        )
    )


def trust(issuer: AWSHelperFn, subject: AWSHelperFn) -> PolicyDocument:
    """Let jobs with exactly this subject take a role, with a token that is meant for AWS.

    Source: GitHub Docs, "OpenID Connect reference" (a job with an environment has that in its
    subject, instead of the branch); IAM User Guide, "Create a role for OpenID Connect federation".
    """
    return policies.trust(
        Principal("Federated", issuer),
        StringEquals({f"{ISSUER}:aud": AUDIENCE, f"{ISSUER}:sub": subject}),
        action=sts.AssumeRoleWithWebIdentity,
    )


def prepare_change_set() -> Statement:
    """Make a change set, of which CloudFormation then works in the deploy role and no other.

    Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS
    CloudFormation", cloudformation:RoleArn.
    """
    return allow(
        "PrepareChangeSet",
        [cloudformation.CreateChangeSet],
        [STACKS],
        StringEquals({"cloudformation:RoleArn": DEPLOY_ROLE}),
        changes.NO_IMPORT,
    )


def read_stack() -> Statement:
    """Compare what is deployed with what is to come, and show the change set."""
    actions = [
        cloudformation.DescribeChangeSet,
        cloudformation.DescribeStacks,
        cloudformation.GetTemplate,
    ]
    return allow("ReadStack", actions, [STACKS])


def put_packages() -> Statement:
    """Upload templates and packages, once: nothing is put in place of what a stack runs.

    Source: Amazon S3 User Guide, "How to enforce conditional writes on Amazon S3".
    """
    return allow("PutPackages", [s3.PutObject], [packages()], Null({"s3:if-none-match": "false"}))


def read_packages() -> Statement:
    """CloudFormation fetches a template with the permissions of who names it.

    Source: CloudFormation API Reference, "CreateChangeSet", TemplateURL.
    """
    return allow("ReadPackages", [s3.GetObject], [packages()])


def find_packages() -> Statement:
    """See whether an object is there: without it, a missing one answers 403, not 404."""
    bucket = Sub("arn:${AWS::Partition}:s3:::${CodeBucket}")
    return allow("FindPackages", [s3.ListBucket], [bucket])


def packages() -> Sub:
    return Sub("arn:${AWS::Partition}:s3:::${CodeBucket}/*")
