"""The role with which CloudFormation deploys the application, derived from the application.

Every action in it is one that some operation on some resource of the application's template takes;
see ``derivation``. ADR 0012.
"""

import json
from collections.abc import Iterator
from functools import partial

from awacs.aws import Statement
from troposphere import AWSHelperFn, If, NoValue, Ref, Sub, Template, encode_to_dict, iam

from generators import application, extension, parameters, tagging
from generators.accepted import Accepted
from generators.form import ask
from generators.naming import PROJECT
from generators.outputs import export
from generators.parameters import CUSTOMER_MANAGED_KEY
from generators.policies import document
from generators.render import render
from generators.retention import Retention
from pipeline.derivation import limits, statements
from pipeline.roles import trust_service
from pipeline.stages.production import STACK
from serverlessapp.template.reading import load

BOUNDARY = "ApplicationBoundary"
ROLE = "DeployRole"
CODE_BUCKET, HAS_CODE_BUCKET = "CodeBucket", "HasCodeBucket"
# The policies of what every application needs, and of what only some do: logical ID, condition.
ALWAYS, KEYS, CODE = "Deploy", "DeployKeys", "DeployCode"
CONDITIONS = {ALWAYS: None, KEYS: CUSTOMER_MANAGED_KEY, CODE: HAS_CODE_BUCKET}

ACCEPTED = (
    *(
        Accepted(
            resource=policy,
            rule="WildcardResourceRule",
            reason="IAM has no resources for these actions; our own rules check that",
            templates="deploy-role",
        )
        for policy in ("Deploy1", "Deploy2")
    ),
    Accepted(
        resource="Deploy1",
        rule="PrivilegeEscalationRule",
        reason="only the application's roles, and only within a boundary that it cannot alter",
        templates="deploy-role",
    ),
    Accepted(
        resource=ROLE,
        rule="boundary",
        reason="a person launches it; what limits the application is the boundary of its own roles",
        templates="deploy-role",
    ),
    Accepted(
        resource=ROLE,
        rule="confused-deputy",
        reason="no condition that AWS documents; only who may pass the role makes use of it",
        templates="deploy-role",
    ),
)


def build(grants: extension.Grants = extension.no_grants) -> Template:
    """Return the template, launched before the application's.

    Args:
        grants: What the application's function may do besides processing a file; see
            ``generators.extension``.
    """
    source = load(render(application.build(Retention.RETAINED, grants)))
    template = Template()
    template.set_version()
    template.set_description(
        f"{PROJECT}: the role with which CloudFormation deploys the application, and the limit of "
        "what the application can ever do."
    )
    add_form_to(template)
    boundary = template.add_resource(
        iam.ManagedPolicy(
            BOUNDARY,
            Description=Sub(f"Limit of the roles of stack {STACK}"),
            PolicyDocument=document(*limits.statements(source, STACK)),
        )
    )
    derived = statements.statements(statements.derive(source, STACK), boundary.ref())
    role = template.add_resource(
        iam.Role(
            ROLE,
            Description=Sub(f"CloudFormation deploys stack {STACK}"),
            AssumeRolePolicyDocument=trust_service("cloudformation.amazonaws.com"),
            ManagedPolicyArns=list(add_policies_to(template, derived)),
        )
    )
    export(
        template,
        ("DeployRoleArn", role.get_att("Arn"), "CloudFormation's role for the application"),
        ("PermissionsBoundaryArn", boundary.ref(), "The application's PermissionsBoundaryArn"),
        ("ApplicationStackName", Sub(STACK), "The only stack that the role can deploy"),
    )
    tagging.apply_to(template, environment=template.parameters["EnvironmentSuffix"])
    return template


def add_form_to(template: Template) -> None:
    """Add the parameters, which are named as the application's, and the conditions they make."""
    application = partial(ask, template, "Application")
    application(
        "Environment",
        parameters.environment_suffix("prod", "The role deploys stack serverlessapp-... only."),
    )
    encryption = application(
        "Encryption keys",
        parameters.encryption(
            "As the application has it. Only with CustomerManaged, keys are made."
        ),
    )
    code_bucket = application(
        "Bucket of your code package",
        parameters.code_bucket("Bucket of the application's code packages. Empty: none."),
    )
    template.add_condition(CUSTOMER_MANAGED_KEY, parameters.is_customer_managed(encryption))
    template.add_condition(HAS_CODE_BUCKET, parameters.given(code_bucket))


def add_policies_to(template: Template, derived: list[Statement]) -> Iterator[AWSHelperFn]:
    """Add the statements in managed policies, and yield the ARN of each."""
    for part, condition in CONDITIONS.items():
        found = [statement for statement in derived if part_of(statement) == part]
        for number, policy in enumerate(statements.policies(found), 1):
            title = part if condition else f"{part}{number}"
            resource = template.add_resource(iam.ManagedPolicy(title, PolicyDocument=policy))
            if condition:
                resource.Condition = condition
            yield If(condition, resource.ref(), NoValue) if condition else Ref(resource)


def part_of(statement: Statement) -> str:
    """Return which of the policies a statement belongs to."""
    content = encode_to_dict(statement)
    if content["Action"][0].startswith("kms:"):
        return KEYS
    return CODE if f"${{{CODE_BUCKET}}}" in json.dumps(content["Resource"]) else ALWAYS
