"""Stands in for ``serverlessapp.template.reading`` until that is there."""

import json
from typing import Any


class TemplateError(Exception):
    """What was read is no template; the message says why."""


def load(text: str | bytes) -> dict[str, Any]:
    """Return the content of a template.

    Raises:
        TemplateError: It is none.
    """
    try:
        content: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise TemplateError(f"it is not JSON: {error}") from error
    return content
