"""An object's event has one destination only, and a filter is a prefix, a suffix, or both.

Amazon S3 User Guide, "Configuring event notifications using object key name filtering": for one
event type, filters with overlapping prefixes must not have overlapping suffixes; a filter without
a prefix or suffix overlaps with all. Amazon S3 API Reference, "FilterRule": names and length. The
words about them are those that MinIO, which follows S3 there, and localstack/localstack have.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any
from xml.etree.ElementTree import fromstring

from ministack.services import s3

from local.replacements import around

Configuration = Mapping[str, Any]

LONGEST = 1024  # bytes of a prefix or suffix


@around("services.s3", "_put_bucket_notification")
def put(original: Callable[..., Any], name: str, body: bytes, *rest: Any) -> Any:
    """Answer PutBucketNotificationConfiguration, through which CloudFormation goes as well."""
    if reason := next(filter_mistakes(body), None):
        return s3._invalid_notification_config(reason)
    return original(name, body, *rest)


def filter_mistakes(body: bytes) -> Iterator[str]:
    """Yield what is wrong with the filters of a configuration, which ministack half drops."""
    for key in fromstring(body).iterfind(".//{*}S3Key"):  # noqa: S314 - a test's
        names = [(name.text or "").lower() for name in key.iterfind("{*}FilterRule/{*}Name")]
        if not {"prefix", "suffix"}.issuperset(names):
            yield "filter rule name must be either prefix or suffix"
        for name, count in Counter(names).items():
            if count > 1:
                yield f"Cannot specify more than one {name} rule in a filter."
        for value in key.iterfind("{*}FilterRule/{*}Value"):
            if len((value.text or "").encode()) > LONGEST:
                yield f"Size of filter rule value cannot exceed {LONGEST} bytes in UTF-8"


@around("services.s3", "_validate_notification_configs")
def validated(
    original: Callable[..., Any], configurations: Sequence[Configuration], *rest: Any
) -> Any:
    """Return S3's answer to notifications that it refuses; None if it takes them."""
    if any(overlap(*pair) for pair in itertools.combinations(configurations, 2)):
        return s3._invalid_notification_config(
            "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules "
            "if the prefixes are overlapping for the same event type."
        )
    return original(configurations, *rest)


def overlap(first: Configuration, second: Configuration) -> bool:
    """Tell whether both take some object's event."""
    prefixes = [each["filter_prefix"] or "" for each in (first, second)]
    suffixes = [(each["filter_suffix"] or "")[::-1] for each in (first, second)]
    return same_event(first["events"], second["events"]) and all(map(nested, (prefixes, suffixes)))


def same_event(first: list[str], second: list[str]) -> bool:
    """Tell whether two lists of event types, such as ``s3:ObjectCreated:*``, share one."""
    pairs = itertools.product(first, second)
    return any(fnmatchcase(event, other) or fnmatchcase(other, event) for event, other in pairs)


def nested(texts: Sequence[str]) -> bool:
    """Tell whether one of two texts begins with the other."""
    first, second = texts
    return first.startswith(second) or second.startswith(first)
