"""Which findings somebody accepted, and which acceptances nothing needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from generators.accepted import Accepted
from serverlessapp.rules.policies.findings import Finding


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
