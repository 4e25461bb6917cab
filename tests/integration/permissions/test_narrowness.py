"""What is granted on is no wider than what is called."""

import itertools
import re

import pytest

from .evidence import Evidence
from .grants import Statement
from .policies import listed
from .proof import HOUSE
from .world import World

# Ends of a pattern that belong to the form of the ARN: "log-group:NAME:*" is its log streams.
FORMS = re.compile(r"(?<=:)\*$")
# Not what processors grant themselves: below results/, say, a sample writes to one place.
OF_ROLES = [
    each
    for each in HOUSE.statements
    if each.resources and each.holder.endswith("Role") and each not in HOUSE.own
]


@pytest.mark.parametrize("statement", OF_ROLES, ids=lambda each: f"{each.holder} {each.sid}")
def test_a_pattern_is_what_its_calls_have_in_common(
    world: World, evidence: Evidence, statement: Statement
) -> None:
    document = world.policies.read(statement.holder, statement.sid)
    (live,) = (each for each in document["Statement"] if each["Sid"] == statement.sid)
    called = evidence.called[statement.holder, statement.sid]
    for pattern in listed(live["Resource"]):
        shape = re.compile(re.escape(pattern).replace(r"\*", "(.*)"))
        covered = [match.groups() for arn in called if (match := shape.fullmatch(arn))]
        assert covered, f"nothing of {pattern} is called"
        if not FORMS.search(pattern):
            for texts in zip(*covered, strict=True):  # what stands for each star
                assert not common_prefix({*texts}), f"{pattern} could be narrower"


def common_prefix(texts: set[str]) -> str:
    """Return what all begin with: what the first and the last of them, in order, share."""
    first, last = min(texts), max(texts)
    equal = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in equal)
