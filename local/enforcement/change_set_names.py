"""A change set's name is a condition key, which ministack does not fill in.

Service Authorization Reference, "Actions, resources, and condition keys for AWS CloudFormation".
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from local.replacements import around

NAME = "ChangeSetName"


@around("core.iam_actions", "request_tag_context")
def context(
    collect: Callable[..., dict[str, Any]],
    service: str,
    action: str,
    body: bytes,
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the condition keys of a request."""
    known = collect(service, action, body, parameters)
    if service != "cloudformation":
        return known
    sent = {**parse_qs(body.decode(errors="replace")), **parameters}
    if name := sent.get(NAME):
        text = name[0] if isinstance(name, list) else name
        known[f"cloudformation:{NAME}"] = text.split("/")[1] if text.startswith("arn:") else text
    return known
