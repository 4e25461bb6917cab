"""An object's event has one destination only.

Amazon S3 User Guide, "Configuring event notifications using object key name filtering": for one
event type, filters with overlapping prefixes must not have overlapping suffixes; a filter without
a prefix or suffix overlaps with all.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from local.replacements import around

Configuration = Mapping[str, Any]


@around("services.s3", "_validate_notification_configs")
def validated(
    original: Callable[..., Any], configurations: Sequence[Configuration], *rest: Any
) -> Any:
    """Return S3's answer to notifications that it refuses; None if it takes them."""
    from ministack.services import s3

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
