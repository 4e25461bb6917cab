"""Filters that overlap are refused."""

from typing import Any

import pytest
from ministack.services import s3

from local.validation.notifications import validated

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
