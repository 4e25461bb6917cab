"""Which files are looked at, beside which ledger, and what is missing or to be done again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from serverlessapp.operations import reconcile, reprocess, uploads
from serverlessapp.operations.comparison import UNTAKEN, compare
from serverlessapp.operations.events import Upload
from serverlessapp.operations.ledger import LedgerEntry, entries
from serverlessapp.operations.ledger import entry as ledger_entry
from serverlessapp.operations.reconcile import EXPIRED, NEVER, NEWER
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.operations.uploads import CurrentFile, Page

from .entries import signed

KEPT = "0055AED6DCD90281E5".ljust(64, "0")
PROCESSED = int(datetime(2026, 11, 24, 9, 30, tzinfo=UTC).timestamp())
DAY = datetime(2026, 11, 23, tzinfo=UTC)


def current(
    version: str = "v2",
    *earlier: str,
    key: str = "uploads/k",
    uploaded: str = "2026-11-23T00:00:00.000Z",
    etag: str = "e",
) -> CurrentFile:
    upload = Upload(key=key, version_id=version, size=1, etag=etag, uploaded=uploaded)
    return CurrentFile(upload=upload, earlier=frozenset(earlier))


def entry(
    version: str, event_time: str = "2026-11-23T00:00:00.500Z", etag: str = "e"
) -> LedgerEntry:
    return LedgerEntry(
        version_id=version, etag=etag, sequencer=KEPT, event_time=event_time, processed_at=PROCESSED
    )


@pytest.mark.parametrize(
    ("file", "known", "why"),
    [
        (current(), None, NEVER),
        # An entry may have been there, and have expired.
        (current(uploaded="2025-11-22T23:59:59.999Z"), None, EXPIRED),
        (current("v2", "v1"), entry("v2", "2026-11-22T23:59:59.000Z"), ""),
        (current("v2", "v1"), entry("v1"), NEWER),
        # The ledger's version is gone: it expired long ago ...
        (current("v2"), entry("v1", "2026-08-01T00:00:00.000Z"), NEWER),
        # ... or it was deleted for good, and what is left was processed before it.
        (current("v1"), entry("v2"), ""),
        # Without versions; a multipart upload's time is that of its beginning.
        (current("null", uploaded="2026-11-24T00:00:00.000Z"), entry("null"), ""),
        (current("null", etag="f", uploaded="2026-11-22T00:00:00.000Z"), entry("null"), NEWER),
        # Versions were switched on, or suspended, since.
        (current("v1", "null"), entry("null"), NEWER),
        (current("null", "v1"), entry("v1"), NEWER),
    ],
)
def test_missing(file: CurrentFile, known: LedgerEntry | None, why: str) -> None:
    a_year_ago = datetime(2025, 11, 23, tzinfo=UTC)
    assert reconcile.judging(a_year_ago)(file, known) == why


@pytest.mark.parametrize(
    ("known", "since", "until", "chosen"),
    [
        (entry("v1"), "24T09:30", "25T00:00", True),
        (entry("v1"), "24T09:31", "25T00:00", False),
        (entry("v1"), "23T00:00", "24T09:30", False),  # up to the repair, not including it
        (None, "23T00:00", "24T00:00", True),  # without an entry, its upload counts
        (None, "24T00:00", "25T00:00", False),
    ],
)
def test_to_be_done_again(known: LedgerEntry | None, since: str, until: str, chosen: bool) -> None:
    start, end = (datetime.fromisoformat(f"2026-11-{moment}Z") for moment in (since, until))
    assert bool(reprocess.judging(start, end)(current(), known)) is chosen


def test_the_ledger_is_asked_in_batches(stack: Stack) -> None:
    asked: list[int] = []

    def lookup(_: StackLane, keys: Sequence[str]) -> dict[str, LedgerEntry]:
        asked.append(len(keys))
        return {}

    def everything(*_: object) -> str:
        return NEVER

    steps = (((0, str(index)), [current(key=f"uploads/{index}")]) for index in range(250))
    pages = list(compare(stack, uploads.in_pages(steps), lookup, everything))
    candidates = [candidate for page in pages for candidate in page.candidates]
    assert {candidate.sequencer for candidate in candidates} == {"0"}
    assert [candidate.upload.key for candidate in candidates] == [
        f"uploads/{index}" for index in range(250)
    ]
    assert sorted(asked) == [50, 100, 100]
    assert [page.place for page in pages] == [(0, "99"), (0, "199"), (0, "249")]


def test_each_lane_is_asked_about_its_own_files(two_lanes: Stack) -> None:
    files = [current(key=f"uploads/{name}") for name in ("a.txt", "reports/b.csv", "reports/c.CSV")]
    asked = {}

    def lookup(lane: StackLane, keys: Sequence[str]) -> dict[str, LedgerEntry]:
        asked[lane.processor] = list(keys)
        return {key: entry("v1") for key in keys if key.endswith(".csv")}

    judge = reconcile.judging(DAY)
    pages = [Page(files=files, place=(0, ""))]
    seen = {
        candidate.upload.key: (candidate.processor, candidate.why, candidate.sequencer)
        for page in compare(two_lanes, pages, lookup, judge)
        for candidate in page.candidates
    }
    assert asked == {"receipts": ["uploads/a.txt"], "csv": ["uploads/reports/b.csv"]}
    assert seen == {
        "uploads/a.txt": ("receipts", NEVER, "0"),
        "uploads/reports/c.CSV": ("", UNTAKEN, ""),
    }, "the version of b.csv that its ledger names may be a newer one that was deleted"
    asked.clear()
    list(compare(replace(two_lanes, processor="csv"), pages, lookup, judge))
    assert asked.keys() == {"csv"}


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
    (page,) = uploads.pages(s3, "b", ["uploads/"], DAY)
    files = page.files
    assert [(file.upload.key, file.upload.version_id) for file in files] == [
        ("a", "a3"),
        ("full/", "u1"),
    ]
    assert files[0].earlier == frozenset({"a2", "a1"})
    assert files[0].upload.etag == "e"
    assert files[0].upload.uploaded == "2026-11-23T00:00:00.000Z"


def test_a_named_file_is_found_beside_longer_names() -> None:
    s3: Any = FakeS3([version("uploads/", "u2"), version("uploads/", "u1", latest=False)])
    s3.pages[0].append(version("uploads/a", "a1"))
    (file,) = uploads.named(s3, "b", "uploads/")
    assert (file.upload.version_id, *(file.earlier or ())) == ("u2", "u1")
    assert not list(uploads.named(FakeS3([]), "b", "uploads/"))  # type: ignore[arg-type]


def test_what_dynamodb_left_over_is_asked_again() -> None:
    class FakeDynamoDB:
        def batch_get_item(self, RequestItems: Any) -> Any:  # noqa: N803
            first, *rest = RequestItems["t"]["Keys"]
            values = {"version_id": "v", "etag": "e", "sequencer": KEPT, "event_time": "t"}
            item = {**first, **{name: {"S": value} for name, value in values.items()}}
            item["processed_at"] = {"N": str(PROCESSED)}
            left = {"t": {**RequestItems["t"], "Keys": rest}} if rest else {}
            return {"Responses": {"t": [item]}, "UnprocessedKeys": left}

    dynamodb: Any = FakeDynamoDB()
    lane: Any = SimpleNamespace(ledger="t")
    assert set(entries(dynamodb, lane, ["a", "b", "c"])) == {"a", "b", "c"}


@pytest.mark.parametrize(
    "changes",
    [
        {"version_id": {"N": "1"}},
        {"sequencer": {"S": "zz"}},
        # The function would take no event after these.
        *(
            {"sequencer": {"S": text}}
            for text in ("a0" * 32, "F" * 64, "A" * 65, "-5", "0x5", "1_0")
        ),
        {"processed_at": {"N": "1.5"}},
        {"processed_at": {"N": "9" * 20}},
        {"event_time": {}},
    ],
)
def test_a_damaged_entry_is_told_and_cannot_be_enqueued(
    stack: Stack, changes: dict[str, Any]
) -> None:
    damaged = ledger_entry(signed({}, **changes))
    assert "its entry is damaged" in damaged.damage
    pages = [Page(files=[current()], place=uploads.START)]
    lookup = {"uploads/k": damaged}
    (page,) = compare(stack, pages, lambda *_: lookup, lambda *_: "")
    (file,) = page.candidates
    assert (file.why, file.is_damaged) == (damaged.damage, True)
