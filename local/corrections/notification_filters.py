"""A notification's filter is compared with a key as it is encoded in events.

Amazon S3 User Guide, "Configuring event notifications using object key name filtering": a space is
written as ``+``, other special characters percent-encoded; aws/aws-cdk#28012 and
emdgroup/awscli-s3touch#5: a prefix with a plain ``=`` takes nothing. ministack compares the key.
"""

from collections.abc import Callable
from urllib.parse import quote_plus

from local.replacements import around

# Beside letters, digits, ``_``, ``.``, ``-`` (User Guide, "Object key naming guidelines").
SAFE = "/!*'()"


@around("services.s3", "_key_matches_filter")
def matches(original: Callable[..., bool], key: str, *filters: str | None) -> bool:
    """Tell whether a filter takes a key; ``filters`` are its prefix and its suffix."""
    return original(quote_plus(key, safe=SAFE), *filters)
