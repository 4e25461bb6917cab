"""Filters that overlap, or are none, are refused."""

from typing import Any

import pytest
from ministack.services import s3

from local.validation.notifications import filter_mistakes, put, validated

CREATED, DELETED = "s3:ObjectCreated:*", "s3:ObjectRemoved:Delete"


def configuration(prefix: str | None, suffix: str | None, event: str = CREATED) -> dict[str, Any]:
    return {"events": [event], "filter_prefix": prefix, "filter_suffix": suffix}


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ((None, None), ("in/", ".csv"), True),
        (("in/", None), ("in/a/", None), True),
        (("in/", ".gz"), ("in/", ".tar.gz"), True),
        (("in/", ".csv"), ("in/", ".json"), False),
        (("a/", ".csv"), ("b/", ".csv"), False),
        (("in/", None), ("in/", None, "s3:ObjectCreated:Put"), True),
        (("in/", None), ("in/", None, "s3:ObjectRemoved:*"), False),
        ((None, None, DELETED), (None, None, "s3:ObjectRemoved:DeleteMarkerCreated"), False),
        ((None, None, DELETED), (None, None, "s3:ObjectRemoved:*"), True),
    ],
)
def test_one_event_has_one_destination(
    first: tuple[Any, ...], second: tuple[Any, ...], refused: bool
) -> None:
    configurations = [configuration(*first), configuration(*second)]
    answer = validated(lambda *_: None, configurations, "us-west-2")
    assert (b"ambiguously" in bytes(str(answer), "utf-8")) is refused


def test_ministack_still_takes_filters_that_overlap() -> None:
    """When this fails, ministack has learned it: take the correction out."""
    both = [configuration("in/", None), configuration("in/", None)]
    both = [{**each, "type": "sqs", "arn": "arn:aws:sqs:us-east-1:000000000000:q"} for each in both]
    assert s3._validate_notification_configs(both, "us-east-1", "", True) is None


def document(*rules: tuple[str, str]) -> bytes:
    """Return the body of PutBucketNotificationConfiguration with one filter."""
    filters = "".join(
        f"<FilterRule><Name>{name}</Name><Value>{value}</Value></FilterRule>"
        for name, value in rules
    )
    return (
        f'<NotificationConfiguration xmlns="{s3.S3_NS}"><QueueConfiguration>'
        "<Queue>arn:aws:sqs:us-east-1:000000000000:q</Queue><Event>s3:ObjectCreated:*</Event>"
        f"<Filter><S3Key>{filters}</S3Key></Filter>"
        "</QueueConfiguration></NotificationConfiguration>"
    ).encode()


GOOD = document(("Prefix", "p" * 1024), ("suffix", ".csv"))
BAD = [
    (document(("prefix", "a/"), ("Prefix", "b/")), "more than one prefix rule"),
    (document(("suffix", ".a"), ("suffix", ".b")), "more than one suffix rule"),
    (document(("infix", "a")), "must be either prefix or suffix"),
    (document(("prefix", "\u00e4" * 513)), "1024 bytes"),
]


@pytest.mark.parametrize(("body", "reason"), BAD)
def test_a_filter_that_is_none_is_refused(body: bytes, reason: str) -> None:
    assert reason in "".join(filter_mistakes(body))
    status, _, answer = put(lambda *_: (200, {}, b""), "bucket", body)
    assert (status, reason in answer.decode()) == (400, True)


def test_a_filter_of_both_is_none_of_them() -> None:
    assert not list(filter_mistakes(GOOD))
    assert put(lambda *_: "answer", "bucket", GOOD, {}) == "answer"


@pytest.mark.parametrize("body", [body for body, _ in BAD])
def test_ministack_still_takes_filters_that_are_none(body: bytes) -> None:
    """When this fails, ministack has learned it: take the correction out."""
    s3._create_bucket("filtered", b"", {})
    headers = {"x-amz-skip-destination-validation": "true"}
    assert s3._put_bucket_notification("filtered", body, headers)[0] == 200
