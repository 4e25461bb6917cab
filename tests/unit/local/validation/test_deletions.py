"""A protected table and a full bucket are not deleted with their stack."""

from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import dynamodb, s3
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


NAME = "full-or-not"


@pytest.fixture(autouse=True)
def bucket() -> Iterator[None]:
    s3._buckets[NAME] = {"objects": {}}
    yield
    s3._buckets.pop(NAME, None)
    s3._object_versions.pop((NAME, "a"), None)


def test_an_empty_bucket_goes_and_one_that_is_gone_does_not_matter() -> None:
    for _ in range(2):
        deletions.bucket(provisioners._s3_delete, NAME, {})
        assert NAME not in s3._buckets


@pytest.mark.parametrize("versions", [False, True])
def test_a_full_bucket_stays(versions: bool) -> None:
    if versions:
        s3._object_versions[NAME, "a"] = [{"is_delete_marker": True}]
    else:
        s3._buckets[NAME]["objects"]["a"] = {}
    with pytest.raises(ValueError, match="not empty"):
        deletions.bucket(provisioners._s3_delete, NAME, {})
    assert NAME in s3._buckets


def test_ministack_still_destroys_it() -> None:
    """When this fails, ministack has learned to refuse it: take the correction out."""
    s3._buckets[NAME]["objects"]["a"] = {}
    provisioners._s3_delete(NAME, {})
    assert NAME not in s3._buckets
