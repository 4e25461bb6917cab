"""A protected table cannot be deleted with its stack."""

from typing import Any

import pytest
from ministack.services import dynamodb
from ministack.services.cloudformation import provisioners

from local.validation import deletions

PROTECTED: dict[str, Any] = {
    "AttributeDefinitions": [{"AttributeName": "k", "AttributeType": "S"}],
    "DeletionProtectionEnabled": True,
    "KeySchema": [{"AttributeName": "k", "KeyType": "HASH"}],
}


@pytest.mark.parametrize("unprotected", [False, "false"])
def test_a_table_is_deleted_when_it_is_not_protected(unprotected: Any) -> None:
    name, _ = provisioners._ddb_create("Kept", PROTECTED, "stack")
    with pytest.raises(ValueError, match="protected"):
        deletions.table(provisioners._ddb_delete, name, {})
    dynamodb._tables[name]["DeletionProtectionEnabled"] = unprotected
    deletions.table(provisioners._ddb_delete, name, {})
    assert name not in dynamodb._tables


def test_ministack_still_deletes_a_protected_table() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    name, _ = provisioners._ddb_create("Lost", PROTECTED, "stack")
    provisioners._ddb_delete(name, {})
    assert name not in dynamodb._tables
