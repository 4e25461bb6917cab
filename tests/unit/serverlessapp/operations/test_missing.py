"""What counts as missing, and which files are looked at."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from serverlessapp.operations import missing, uploads
from serverlessapp.operations.events import Upload
from serverlessapp.operations.ledger import LedgerEntry, entries
from serverlessapp.operations.missing import NEVER, NEWER, judge
from serverlessapp.operations.uploads import CurrentFile

KEPT = "0055AED6DCD90281E5".ljust(64, "0")
DAY = datetime(2026, 11, 23, tzinfo=UTC)


def current(version: str = "v2", *earlier: str, uploaded: str = "2026-11-23T00:00:00.000Z") -> Any:
    upload = Upload(key="k", version_id=version, size=1, etag="e", uploaded=uploaded)
    return CurrentFile(upload=upload, earlier=frozenset(earlier))


def entry(version: str, event_time: str = "2026-11-23T00:00:00.500Z") -> LedgerEntry:
    return LedgerEntry(version_id=version, sequencer=KEPT, event_time=event_time)


@pytest.mark.parametrize(
    ("file", "known", "why"),
    [
        (current(), None, NEVER),
        (current("v2", "v1"), entry("v2", "2026-11-22T23:59:59.000Z"), None),
        (current("v2", "v1"), entry("v1"), NEWER),
        # The ledger's version is gone: it expired long ago ...
        (current("v2"), entry("v1", "2026-08-01T00:00:00.000Z"), NEWER),
        # ... or it was deleted for good, and what is left was processed before it.
        (current("v1"), entry("v2"), None),
    ],
)
def test_judge(file: CurrentFile, known: LedgerEntry | None, why: str | None) -> None:
    verdict = judge(file, known)
    assert (verdict.why if verdict else None) == why
    if verdict:
        assert verdict.sequencer == ("0" if known is None else KEPT[:-1] + "1")


def test_the_ledger_is_asked_in_batches() -> None:
    asked: list[int] = []

    def lookup(keys: Sequence[str]) -> dict[str, LedgerEntry]:
        asked.append(len(keys))
        return {}

    assert len(list(missing.find([current()] * 250, lookup, lambda _: None))) == 250
    assert asked == [100, 100, 50]


def version(key: str, version_id: str, *, latest: bool = True, **more: Any) -> dict[str, Any]:
    common = {"Size": 1, "ETag": '"e"', "LastModified": DAY}
    return {"Key": key, "VersionId": version_id, "IsLatest": latest, **common, **more}


class FakeS3:
    def __init__(self, *pages: list[dict[str, Any]]) -> None:
        self.pages = pages

    def get_paginator(self, operation: str) -> "FakeS3":
        assert operation == "list_object_versions"
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        assert request == {"Bucket": "b", "Prefix": "uploads/"}
        return [{"Versions": page} for page in self.pages] + [{}]


def test_current_files_across_pages() -> None:
    s3: Any = FakeS3(
        [
            version("a", "a3"),
            version("a", "a2", latest=False),
        ],
        [
            version("a", "a1", latest=False),
            version("deleted", "d1", latest=False),
            version("folder/", "f1", Size=0),
            version("full/", "u1"),
            version("old", "o1", LastModified=datetime(2026, 11, 22, tzinfo=UTC)),
        ],
    )
    files = list(uploads.current(s3, "b", "uploads/", DAY))
    assert [(file.upload.key, file.upload.version_id) for file in files] == [
        ("a", "a3"),
        ("full/", "u1"),
    ]
    assert files[0].earlier == {"a2", "a1"}
    assert files[0].upload.etag == "e"
    assert files[0].upload.uploaded == "2026-11-23T00:00:00.000Z"


def test_what_dynamodb_left_over_is_asked_again() -> None:
    class FakeDynamoDB:
        def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803
            first, *rest = RequestItems["t"]["Keys"]
            values = {"version_id": "v", "sequencer": KEPT, "event_time": "t"}
            item = {**first, **{name: {"S": value} for name, value in values.items()}}
            left = {"t": {**RequestItems["t"], "Keys": rest}} if rest else {}
            return {"Responses": {"t": [item]}, "UnprocessedKeys": left}

    dynamodb: Any = FakeDynamoDB()
    assert set(entries(dynamodb, "t", ["a", "b", "c"])) == {"a", "b", "c"}
