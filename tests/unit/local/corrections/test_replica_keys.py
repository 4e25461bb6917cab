"""A stack makes a replica of a multi-Region key."""

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.core.responses import request_scope
from ministack.services import kms
from ministack.services.cloudformation import provisioners

from local.corrections.replica_keys import KIND, PRIMARY, with_replicas

HANDLERS: dict[str, Any] = with_replicas({**provisioners._RESOURCE_HANDLERS})
ACCOUNT, HOME, THERE = "111122223333", "us-west-2", "eu-west-1"


@pytest.fixture
def primary() -> Iterator[str]:
    """Return the ARN of a primary."""
    with request_scope(ACCOUNT, HOME):
        _, attributes = HANDLERS[PRIMARY]["create"]("Key", {"MultiRegion": True}, "stack")
        yield attributes["Arn"]


def test_it_has_the_id_of_its_primary_and_a_policy_of_its_own(primary: str) -> None:
    with request_scope(ACCOUNT, THERE):
        given = {"PrimaryKeyArn": primary, "KeyPolicy": {"Id": "its own"}}
        key, attributes = HANDLERS[KIND]["create"]("Replica", given, "stack")
        assert attributes["Arn"] == primary.replace(HOME, THERE)
        assert primary.endswith(f"key/{key}")
        assert kms.key_policy_for_arn(attributes["Arn"]) == ('{"Id": "its own"}', ACCOUNT)
        changed = {**given, "KeyPolicy": {"Id": "another"}}
        HANDLERS[KIND]["update"](key, given, changed, "stack")
        assert kms.key_policy_for_arn(attributes["Arn"]) == ('{"Id": "another"}', ACCOUNT)


@pytest.mark.parametrize("account", [ACCOUNT, "444455556666"])
def test_what_kms_refuses_is_an_error(account: str, primary: str) -> None:
    gone = f"{primary[:-4]}0000" if account == ACCOUNT else primary
    with request_scope(account, THERE), pytest.raises(ValueError, match="not found"):
        HANDLERS[KIND]["create"]("Replica", {"PrimaryKeyArn": gone}, "stack")


def test_ministack_still_needs_it() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    assert KIND not in provisioners._RESOURCE_HANDLERS
