"""The roles that the pipeline takes in the account of an environment, each for one purpose."""

from collections.abc import Mapping

from awacs.aws import Statement
from troposphere import If, NoValue, Sub, Template, iam

from generators.context import NEVER, REVIEWED, explained
from generators.parameters import CUSTOMER_MANAGED_KEY, HAS_SOURCE_KEY
from generators.policies import document
from pipeline import names, pipeline_account
from pipeline.derivation.names import PlannedStack
from pipeline.grants import environment as grants

BY_PERSON = {"W9310": "a person launches it, and it makes no roles"}
ANY_ALARM = {"W9303": "with less than everything, AWS refuses to show several alarms"}


def add_to(template: Template, application: PlannedStack, deploy_role: iam.Role) -> None:
    """Add the roles.

    Args:
        template: The one under construction; it has the parameters of ``home``.
        application: The stack that the environment is.
        deploy_role: With which CloudFormation makes it.
    """
    prepare = [
        grants.read_package(),
        grants.look_at_stack(),
        grants.protect_stack(),
        grants.pass_deploy_role(deploy_role),
    ]
    review, deliver = names.CHANGE_SETS[names.REVIEW], names.CHANGE_SETS[names.DELIVER]
    key = iam.Policy(PolicyName="UseKey", PolicyDocument=document(grants.use_key()))
    source_key = iam.Policy(
        PolicyName="UseSourceKey", PolicyDocument=document(grants.use_source_key())
    )
    has_source = HAS_SOURCE_KEY in template.conditions
    more = {
        names.REVIEW: [pipeline_account.across_accounts(describe=True)],
        names.DELIVER: [pipeline_account.across_accounts(describe=True)],
        names.VERIFY: [
            If(CUSTOMER_MANAGED_KEY, key, NoValue),
            *([If(HAS_SOURCE_KEY, source_key, NoValue)] if has_source else []),
        ],
    }
    pipeline = pipeline_account.role_arn(pipeline_account.PIPELINE_ROLE)
    roles: Mapping[str, tuple[Sub, str, list[Statement]]] = {
        names.REVIEW: (
            pipeline,
            f"Makes the change set {review}, for people to look at, and can execute none.",
            [grants.prepare_change_set(review), *prepare],
        ),
        names.DELIVER: (
            pipeline,
            f"Makes the change set {deliver}, and executes that one. CloudFormation does the rest "
            "with DeployRole: it can do nothing to a resource itself.",
            [
                grants.prepare_change_set(deliver),
                grants.execute_change_set(deliver),
                grants.follow_stack(),
                *prepare,
            ],
        ),
        names.INSPECT: (
            pipeline_account.role_arn(pipeline_account.INSPECT_ROLE),
            "Says what would change, compares it with what was approved, and watches alarms. It "
            "reads, and sees no file, no ledger and no secret.",
            [grants.inspect_stack(), grants.watch_alarms()],
        ),
        names.VERIFY: (
            pipeline_account.verifier_arn(),
            "Uploads a sample for each lane and verifies its signed entry in the ledger. It runs "
            "code of the repository, so it can neither change nor delete what is there, and only "
            "the build of this environment takes it: others' run before anybody approved.",
            [
                grants.find_stack(),
                grants.upload_samples(application),
                grants.read_ledger(application),
                grants.read_secret(application),
            ],
        ),
    }
    for purpose, (taken_by, why, statements) in roles.items():
        template.add_resource(
            iam.Role(
                f"{purpose.capitalize()}Role",
                RoleName=Sub(names.role(purpose, "${EnvironmentSuffix}")),
                Metadata=explained(
                    why,
                    mutable=REVIEWED,
                    mutability={"RoleName": NEVER},
                    must=["The role in its trust takes it under this name, and nobody else."],
                    skip=BY_PERSON | (ANY_ALARM if purpose == names.INSPECT else {}),
                ),
                AssumeRolePolicyDocument=pipeline_account.trust(taken_by),
                Policies=[
                    iam.Policy(
                        PolicyName=purpose.capitalize(), PolicyDocument=document(*statements)
                    ),
                    *more.get(purpose, ()),
                ],
            )
        )
