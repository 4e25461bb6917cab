"""The roles that the pipeline takes in the account of an environment, each for one purpose."""

from collections.abc import Mapping

from awacs.aws import Statement
from troposphere import If, NoValue, Sub, Template, iam

from generators.context import NEVER, REVIEWED, explained
from generators.parameters import CUSTOMER_MANAGED_KEY, HAS_SOURCE_KEY
from generators.policies import document
from pipeline import names, pipeline_account
from pipeline.derivation.names import PlannedStack
from pipeline.grants import access
from pipeline.grants import environment as grants

BY_PERSON = {"W9310": "launched by a person, and creates no roles"}
ANY_ALARM = {"W9303": "AWS can list alarms only with permission on all of them"}


def add_to(template: Template, application: PlannedStack, deploy_role: iam.Role) -> None:
    """Add the roles to a template with the parameters of ``pipeline_account``."""
    prepare = [
        grants.read_package(),
        grants.look_at_stack(),
        grants.protect_stack(),
        access.pass_to_cloudformation("PassDeployRole", deploy_role.get_att("Arn")),
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
            f"Creates the change set {review} for people to review; cannot execute a change set.",
            [grants.prepare_change_set(review), *prepare],
        ),
        names.DELIVER: (
            pipeline,
            f"Creates the change set {deliver} and executes it. CloudFormation changes the "
            "resources with DeployRole: this role cannot.",
            [
                grants.prepare_change_set(deliver),
                grants.execute_change_set(deliver),
                grants.follow_stack(),
                *prepare,
            ],
        ),
        names.INSPECT: (
            pipeline_account.role_arn(pipeline_account.INSPECT_ROLE),
            "Explains changes, compares them with the approved ones, and watches alarms. "
            "Read-only, without access to files, ledgers or the secret.",
            [grants.inspect_stack(), grants.watch_alarms()],
        ),
        names.VERIFY: (
            pipeline_account.verifier_arn(),
            "Uploads a sample for each processor and verifies its signed ledger entry. It runs "
            "code of the repository, so it can neither change nor delete existing data, and only "
            "this environment's build may assume it: builds of other environments run before the "
            "approval.",
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
                    must=[
                        "Only the role in the trust policy can assume this one, under this name."
                    ],
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
