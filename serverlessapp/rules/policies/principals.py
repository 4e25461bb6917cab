"""Whom policies let in, and for whom services act: the confused deputy."""

import re
from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.statements import IAM_GUIDE, Clause, Condition, statement_rule
from serverlessapp.template.policies import PolicyKind
from serverlessapp.template.reading import Template
from serverlessapp.template.values import Text

PRINCIPALS = f"{IAM_GUIDE}/reference_policies_elements_principal.html"
# In an ARN or by itself.
ANY_ACCOUNT = re.compile(r"(?<![^:])[0-9]{12}(?![^:])")
# Keys that say how somebody comes, not who it is.
SAY_HOW = ("aws:securetransport", "s3:tlsversion")
# Beside these, something else says who is let in: a policy of an endpoint only narrows what
# others allow, and an API has authorizers.
OPEN_BY_DESIGN = ("AWS::EC2::VPCEndpoint", "AWS::ApiGateway::RestApi")
UNKNOWN = "?"
ACCOUNT = 4  # which of the fields of an ARN
# Services that document for which source they take a role; a condition would lock others out.
# CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services"; ECS Developer Guide,
# "Amazon ECS task IAM role"; EventBridge Scheduler User Guide, "Confused deputy prevention".
SAY_THE_SOURCE = ("codebuild.", "ecs-tasks.", "scheduler.")


@statement_rule("W9306", f"{PRINCIPALS}#principal-anonymous")
def principal_named(clause: Clause) -> Iterator[str]:
    """Principals are named, or limited by a condition.

    Nothing is allowed to everybody.
    """
    resource = clause.template.section("Resources")[str(clause.statement.place[1])]
    if not clause.allows or resource["Type"] in OPEN_BY_DESIGN:
        return
    if clause.has("NotPrincipal"):
        yield "allows everybody except a list: list the allowed principals"
    elif "*" in clause.principals("AWS") and not all(map(limit, clause.conditions())):
        yield "allows everybody: list the principals, or add a condition"


def limit(tests: list[Condition]) -> bool:
    """Tell whether conditions keep somebody out."""
    return any(
        key not in SAY_HOW and "Not" not in operator and operator != "Null"
        for operator, key, _ in tests
    )


@statement_rule("W9307", f"{PRINCIPALS}#principal-accounts")
def own_account(clause: Clause) -> Iterator[str]:
    """Account IDs are not hard-coded.

    Nobody of another account is allowed anything, unless the user of the stack names them.
    """
    sources = (
        value
        for tests in clause.conditions()
        for _, key, value in tests
        if key in ("aws:sourceaccount", "aws:sourcearn")
    )
    for value in (*clause.principals("AWS"), *sources) if clause.allows else ():
        for text in arns.texts(clause.template, value):
            for account in ANY_ACCOUNT.findall(text.replace(arns.ACCOUNT, "")):
                yield f"account {account} is hard-coded: use AWS::AccountId or a parameter"


@statement_rule("W9308", f"{IAM_GUIDE}/confused-deputy.html")
def confused_deputy(clause: Clause) -> Iterator[str]:
    """Service principals are limited to named sources.

    A service acts for a named source of this account, or for anybody who asks it to. The account
    can be part of the source's ARN; a bucket's has none, so it needs both conditions. For KMS, the
    encryption context names the resource that is encrypted.
    """
    services = [
        str(service)
        for service in (clause.principals("Service") if clause.allows else ())
        if isinstance(service, str | Text) and service != "*"
    ]
    if clause.statement.kind is PolicyKind.TRUST:
        services = [service for service in services if service.startswith(SAY_THE_SOURCE)]
    for tests in clause.conditions() if services else ():
        if words := missing(tests, clause.template):
            yield f"{', '.join(services)} {words}"


def missing(tests: list[Condition], template: Template) -> str:
    """Return what conditions do not say; empty if they are enough."""
    sources: list[str] = []
    accounts: list[str] = []
    for _, key, value in tests:
        known = list(arns.texts(template, value, UNKNOWN))
        if key == "aws:sourceaccount":
            accounts += known
        elif key == "aws:sourcearn" or key.startswith("kms:encryptioncontext:"):
            sources += known
    if not sources:
        return "can act for any source: add a condition on aws:SourceArn"
    if not accounts and not all(map(names_account, sources)):
        return "can act for other accounts: add a condition on aws:SourceAccount"
    return ""


def names_account(arn: str) -> bool:
    """Tell whether an ARN names the account it is of, or can."""
    fields = arn.split(":")
    return arn.startswith(UNKNOWN) or (len(fields) > ACCOUNT and fields[ACCOUNT] not in ("", "*"))
