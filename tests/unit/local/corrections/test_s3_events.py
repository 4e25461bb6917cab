"""Events of S3 on EventBridge are those that AWS documents."""

import json
from typing import Any

import pytest
from ministack.services import eventbridge, s3

from local.corrections import s3_events

BUCKET = "announcing"
OBJECT = {"key": "a b.csv", "size": 3, "etag": "abc", "sequencer": "01"}


def announced(version: str | None = None, **more: str) -> Any:
    """Return the event that goes to the rules, from what ministack dispatches."""
    detail = {"version": "0", "event-version": "1.0", "bucket": {"name": BUCKET}, "object": OBJECT}
    event = {"Source": "aws.s3", "Time": "2026-11-26T05:00:00.123Z"}
    event["Detail"] = json.dumps({**detail, **more})
    sent: list[Any] = []

    def fire(*_: Any, **__: Any) -> None:
        s3_events.dispatch(sent.append, event)

    s3_events.fire(fire, BUCKET, "a b.csv", "s3:ObjectCreated:Put", version_id=version)
    (made,) = sent
    return {**made, "Detail": json.loads(made["Detail"])}


def test_what_is_created_has_its_version_and_a_time_in_seconds() -> None:
    event = announced("v1", reason="PutObject")
    assert event["Time"] == "2026-11-26T05:00:00Z"
    assert event["Detail"] == {
        "version": "0",
        "event-version": "1.0",
        "bucket": {"name": BUCKET},
        "object": {**OBJECT, "version-id": "v1"},
        "reason": "PutObject",
    }


def test_a_bucket_without_versions_tells_of_none() -> None:
    assert announced()["Detail"]["object"] == OBJECT


@pytest.mark.parametrize(
    ("deletion", "more"),
    [("Delete Marker Created", {"etag": s3_events.EMPTY}), ("Permanently Deleted", {})],
)
def test_what_is_deleted_has_no_size(deletion: str, more: dict[str, str]) -> None:
    detail = announced("v2", **{"deletion-type": deletion})["Detail"]
    assert detail["object"] == {"key": "a b.csv", "sequencer": "01", "version-id": "v2", **more}


def test_an_event_of_another_source_is_left_alone() -> None:
    sent: list[Any] = []
    event = {"Source": "mine", "Time": "2026-11-26T05:00:00.123Z", "Detail": "{}"}
    s3_events.dispatch(sent.append, event)
    assert sent == [event]


def test_ministack_still_tells_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """When this fails, ministack has learned it: take the correction out."""
    sent: list[Any] = []
    monkeypatch.setattr(eventbridge, "_dispatch_event", sent.append)
    s3._create_bucket(BUCKET, b"", {})
    s3._put_bucket_notification(
        BUCKET,
        b"<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>",
    )
    s3._fire_s3_event(BUCKET, "k", "s3:ObjectRemoved:Delete", version_id="v")
    (event,) = sent
    named = json.loads(event["Detail"])["object"]
    assert (named["size"], named["etag"], named.get("version-id")) == (0, "", None)
    assert "." in event["Time"]
