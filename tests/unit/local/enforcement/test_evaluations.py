"""Which of several evaluations is said to have decided."""

import pytest
from ministack.core.iam_evaluator import EvalResult

from local.enforcement.evaluations import decisive, evaluations, observed

NONE = EvalResult("ImplicitDeny")


def allow(sid: str) -> EvalResult:
    return EvalResult("Allow", matched_sid=sid)


@pytest.mark.parametrize(
    ("made", "both", "decided"),
    [
        pytest.param([allow("own"), NONE], False, ("own", "identity"), id="the role's policy"),
        pytest.param([allow("own"), allow("its")], False, ("own", "identity"), id="either"),
        pytest.param([NONE, allow("its")], False, ("its", "resource"), id="the resource's"),
        pytest.param([allow("own"), allow("key")], True, ("key", "resource"), id="key: both must"),
        pytest.param(
            [NONE, allow("account"), allow("role")], True, ("role", "resource"), id="key: by name"
        ),
        pytest.param([], False, ("", ""), id="nobody was asked"),
    ],
)
def test_what_let_it_through(made: list[EvalResult], both: bool, decided: tuple[str, str]) -> None:
    assert decisive(made, True, both=both) == decided


def test_what_refused_it() -> None:
    denied = EvalResult("Deny", matched_sid="tls")
    assert decisive([allow("own"), denied], False) == ("tls", "resource")
    assert decisive([NONE, NONE], False) == ("", "")


def test_evaluations_are_collected_only_inside_the_block() -> None:
    observed(allow, "before")
    with evaluations() as made:
        observed(allow, "inside")
    observed(allow, "after")
    assert [result.matched_sid for result in made] == ["inside"]
