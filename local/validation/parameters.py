"""A stack gets no parameter that its template does not have.

The words are those of aws-samples/amazon-ec2-image-builder-samples#18. ministack drops it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from local.replacements import around

RESOLVE = "_resolve_parameters"


@around("services.cloudformation.changesets", RESOLVE)
@around("services.cloudformation.handlers", RESOLVE)
def resolve(
    original: Callable[..., Any],
    template: Mapping[str, Any],
    given: Iterable[Mapping[str, Any]],
    *rest: Any,
) -> Any:
    """Return the values of a template's parameters."""
    known = template.get("Parameters", {})
    if unknown := sorted(item["Key"] for item in given if item.get("Key", "") not in known):
        raise ValueError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    return original(template, given, *rest)
