"""A bucket with anything in it does not disappear with its stack."""

from collections.abc import Iterator

import pytest
from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local.corrections.full_buckets import unless_full

NAME = "full-or-not"


@pytest.fixture(autouse=True)
def bucket() -> Iterator[None]:
    s3._buckets[NAME] = {"objects": {}}
    yield
    s3._buckets.pop(NAME, None)
    s3._object_versions.pop((NAME, "a"), None)


def test_an_empty_bucket_goes_and_one_that_is_gone_does_not_matter() -> None:
    for _ in range(2):
        unless_full(provisioners._s3_delete, NAME, {})
        assert NAME not in s3._buckets


@pytest.mark.parametrize("versions", [False, True])
def test_a_full_bucket_stays(versions: bool) -> None:
    if versions:
        s3._object_versions[NAME, "a"] = [{"is_delete_marker": True}]
    else:
        s3._buckets[NAME]["objects"]["a"] = {}
    with pytest.raises(ValueError, match="not empty"):
        unless_full(provisioners._s3_delete, NAME, {})
    assert NAME in s3._buckets


def test_ministack_still_destroys_it() -> None:
    """When this fails, ministack has learned to refuse it: take the correction out."""
    s3._buckets[NAME]["objects"]["a"] = {}
    provisioners._s3_delete(NAME, {})
    assert NAME not in s3._buckets
