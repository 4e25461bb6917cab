"""Whether somebody else can make a service act on our resources: the confused deputy.

Source: IAM User Guide, "The confused deputy problem".
"""

import re
from collections.abc import Iterator
from typing import Any

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.templates import Statement, as_list

# Only who may pass the role in this account makes Lambda use it, and Lambda documents no source
# in a role's trust (AWS Lambda Developer Guide, "Defining Lambda function permissions with an
# execution role").
NO_SOURCE = {"lambda.amazonaws.com"}
# In an ARN or by itself.
ANY_ACCOUNT = re.compile(r"(?<![^:])[0-9]{12}(?![^:])")


def public_principals(statement: Statement) -> Iterator[str]:
    """Nothing is allowed to everybody."""
    if not statement.allows:
        return
    if "NotPrincipal" in statement.content:
        yield "everybody but a list is allowed"
    principal = statement.content.get("Principal", {})
    everybody = principal == "*" or (
        isinstance(principal, dict) and "*" in as_list(principal.get("AWS", []))
    )
    if everybody:
        yield "everybody is allowed"


def foreign_principals(statement: Statement) -> Iterator[str]:
    """Nobody of another account is allowed anything, unless the user of the stack names them."""
    principal = statement.content.get("Principal", {})
    if not statement.allows or not isinstance(principal, dict):
        return
    for text in arns.texts(statement.template, principal.get("AWS", [])):
        for account in ANY_ACCOUNT.findall(text):
            if account != arns.ACCOUNT:
                yield f"{text} belongs to another account"


def confused_deputies(statement: Statement) -> Iterator[str]:
    """A service acts for a named source of this account, or for anybody who asks it to.

    The account can be part of the source's ARN; a bucket's has none, so it needs both conditions.
    For KMS, the encryption context names the resource that is encrypted.
    """
    principal = statement.content.get("Principal", {})
    if not statement.allows or not isinstance(principal, dict) or "Service" not in principal:
        return
    if statement.kind == "trust" and set(as_list(principal["Service"])) <= NO_SOURCE:
        return
    sources, accounts = [], []
    for values in statement.conditions.values():
        for key, value in values.items():
            known = list(arns.texts(statement.template, value))
            if key.lower() == "aws:sourceaccount":
                accounts += known
            elif key.lower() == "aws:sourcearn" or key.lower().startswith("kms:encryptioncontext:"):
                sources += known
    service = name_of(principal["Service"])
    if not sources:
        yield f"{service} acts for any source: add a condition on aws:SourceArn"
    elif not all(arns.ACCOUNT in text for text in sources) and accounts != [arns.ACCOUNT]:
        yield f"{service} acts for other accounts: add a condition on aws:SourceAccount"


def name_of(service: Any) -> str:
    """Return a service principal as people read it."""
    return str(service.get("Fn::Sub", service) if isinstance(service, dict) else service)
