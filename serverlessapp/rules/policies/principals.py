"""Whom policies let in."""

import re
from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.statements import Clause, Condition, StatementRule

PRINCIPALS = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html"
)
# In an ARN or by itself.
ANY_ACCOUNT = re.compile(r"(?<![^:])[0-9]{12}(?![^:])")
# Keys that say how somebody comes, not who it is.
SAY_HOW = ("aws:securetransport", "s3:tlsversion")
# Beside these, something else says who is let in: a policy of an endpoint only narrows what
# others allow, and an API has authorizers.
OPEN_BY_DESIGN = ("AWS::EC2::VPCEndpoint", "AWS::ApiGateway::RestApi")


class PrincipalNamed(StatementRule):
    """Nothing is allowed to everybody."""

    id = "W9306"
    shortdesc = "Who is let in is named, or limited by a condition"
    source_url = f"{PRINCIPALS}#principal-anonymous"

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield what lets everybody in."""
        resource = clause.template.section("Resources")[str(clause.statement.place[1])]
        if not clause.allows or resource["Type"] in OPEN_BY_DESIGN:
            return
        if clause.has("NotPrincipal"):
            yield "everybody but a list is allowed: name who is"
        elif "*" in clause.principals("AWS") and not all(map(limit, clause.conditions())):
            yield "everybody is allowed: name who is, or add a condition"


def limit(tests: list[Condition]) -> bool:
    """Tell whether conditions keep somebody out."""
    return any(
        key not in SAY_HOW and "Not" not in operator and operator != "Null"
        for operator, key, _ in tests
    )


class OwnAccount(StatementRule):
    """Nobody of another account is allowed anything, unless the user of the stack names them."""

    id = "W9307"
    shortdesc = "Other accounts are parameters"
    source_url = f"{PRINCIPALS}#principal-accounts"

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield the accounts that are written down."""
        if not clause.allows:
            return
        sources = (
            value
            for tests in clause.conditions()
            for _, key, value in tests
            if key in ("aws:sourceaccount", "aws:sourcearn")
        )
        for value in (*clause.principals("AWS"), *sources):
            for text in arns.texts(clause.template, value):
                for account in ANY_ACCOUNT.findall(text.replace(arns.ACCOUNT, "")):
                    yield f"account {account} is written down: take AWS::AccountId or a parameter"
