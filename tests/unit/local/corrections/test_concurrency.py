"""The limit of an event source mapping is a number."""

import pytest
from ministack.services import lambda_svc

from local.corrections.concurrency import numeric, provision

LIMIT = {"ScalingConfig": {"MaximumConcurrency": "10"}, "BatchSize": 10}


def test_a_limit_becomes_a_number_and_the_rest_stays() -> None:
    assert provision(lambda *arguments: arguments, "Mapping", LIMIT, "stack") == (
        "Mapping",
        {"ScalingConfig": {"MaximumConcurrency": 10}, "BatchSize": 10},
        "stack",
    )
    assert LIMIT["ScalingConfig"] == {"MaximumConcurrency": "10"}, "the caller's is untouched"


@pytest.mark.parametrize("value", [{}, {"ScalingConfig": {}}, {"ScalingConfig": None}, "x", None])
def test_anything_else_stays_as_it_is(value: object) -> None:
    assert numeric(value) == value


def test_ministack_still_needs_a_number() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    limit = lambda_svc._sqs_esm_concurrency(LIMIT, {}, {})
    with pytest.raises(TypeError):
        assert limit <= 0
