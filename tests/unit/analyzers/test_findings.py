"""Findings are explained one by one, and explanations do not outlive them."""

import pytest

from generators.accepted import Accepted
from serverlessapp.rules.policies.findings import Finding
from tests.analyzers import acceptances
from tests.analyzers.verdict import judge


def finding(**changes: str) -> Finding:
    plain = {"template": "application", "resource": "Queue", "rule": "X1", "message": "bad"}
    return Finding(**{**plain, **changes})


def acceptance(**changes: str) -> Accepted:
    return Accepted(**{"resource": "Queue", "rule": "X1", "reason": "because", **changes})


def test_an_accepted_finding_keeps_its_reason() -> None:
    verdict = judge([finding()], [acceptance()])
    assert verdict.accepted == [(finding(), acceptance())]
    assert not verdict.unexplained
    assert not verdict.needless


@pytest.mark.parametrize(
    "other",
    [{"resource": "Other"}, {"rule": "X2"}, {"templates": "pipeline*"}],
    ids=lambda change: next(iter(change)),
)
def test_an_acceptance_is_about_one_thing(other: dict[str, str]) -> None:
    verdict = judge([finding()], [acceptance(**other)])
    assert verdict.unexplained == [finding()]
    assert verdict.needless == [acceptance(**other)]


def test_one_acceptance_is_for_every_template_unless_it_says_otherwise() -> None:
    both = [finding(), finding(template="application-ephemeral")]
    assert len(judge(both, [acceptance()]).accepted) == 2
    only = acceptance(templates="application-ephemeral")
    assert judge(both, [only]).unexplained == [finding()]


def test_the_generators_declare_theirs_and_say_why() -> None:
    declared = list(acceptances.collect())
    assert len(declared) == len({(a.resource, a.rule, a.templates) for a in declared})
    assert "AccessLogBucket" in {a.resource for a in declared}
    for accepted in declared:
        assert len(accepted.reason) > 20, accepted
