"""What a gate reports, and which of it somebody accepted."""

from collections.abc import Iterable
from dataclasses import dataclass

from generators.accepted import Accepted


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """Something that an analyzer or a rule objects to.

    Attributes:
        template: Name of the template without ``.template.json``.
        resource: Logical ID, empty when it is about the whole template.
        rule: The rule's name.
        message: What is wrong.
    """

    template: str
    resource: str
    rule: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is left of the findings after the acceptances."""

    unexplained: list[Finding]
    accepted: list[tuple[Finding, Accepted]]
    needless: list[Accepted]


def judge(findings: Iterable[Finding], acceptances: Iterable[Accepted]) -> Verdict:
    """Sort findings into accepted and unexplained, and name acceptances without a finding."""
    acceptances = list(acceptances)
    unexplained, accepted = [], []
    for finding in sorted(set(findings)):
        covering = (
            a for a in acceptances if a.covers(finding.template, finding.resource, finding.rule)
        )
        if acceptance := next(covering, None):
            accepted.append((finding, acceptance))
        else:
            unexplained.append(finding)
    used = {acceptance for _, acceptance in accepted}
    return Verdict(
        unexplained=unexplained,
        accepted=accepted,
        needless=[acceptance for acceptance in acceptances if acceptance not in used],
    )
