"""Whether somebody else can make a service act on our resources: the confused deputy."""

from collections.abc import Iterator

from serverlessapp.rules.policies import arns
from serverlessapp.rules.policies.statements import Clause, Condition, StatementRule
from serverlessapp.template.policies import PolicyKind
from serverlessapp.template.reading import Template
from serverlessapp.template.values import Text

UNKNOWN = "?"
ACCOUNT = 4  # which of the fields of an ARN
# Services that document for which source they take a role; a condition would lock others out.
# CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services"; ECS Developer Guide,
# "Amazon ECS task IAM role"; EventBridge Scheduler User Guide, "Confused deputy prevention".
SAY_THE_SOURCE = ("codebuild.", "ecs-tasks.", "scheduler.")


class ConfusedDeputy(StatementRule):
    """A service acts for a named source of this account, or for anybody who asks it to.

    The account can be part of the source's ARN; a bucket's has none, so it needs both conditions.
    For KMS, the encryption context names the resource that is encrypted.
    """

    id = "W9308"
    shortdesc = "Services act for named sources"
    source_url = "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html"

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield the services that act for anybody."""
        if not clause.allows:
            return
        services = [
            str(service)
            for service in clause.principals("Service")
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
        return "acts for any source: add a condition on aws:SourceArn"
    if not accounts and not all(map(names_account, sources)):
        return "acts for other accounts: add a condition on aws:SourceAccount"
    return ""


def names_account(arn: str) -> bool:
    """Tell whether an ARN names the account it is of, or can."""
    fields = arn.split(":")
    return arn.startswith(UNKNOWN) or (len(fields) > ACCOUNT and fields[ACCOUNT] not in ("", "*"))
