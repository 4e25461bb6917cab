"""Knows saved log queries, of which ministack's CloudFormation has never heard.

Nobody reads them back here, so an ID is all there is.
"""

import uuid
from typing import Any

from local.replacements import HANDLERS, replaces


@replaces(*HANDLERS)
def with_saved_queries(handlers: dict[str, Any]) -> dict[str, Any]:
    """Add the resource type to the table, which others hold as well."""
    handlers["AWS::Logs::QueryDefinition"] = {
        "create": create,
        "update": lambda physical_id, *_: (physical_id, {}),
        "delete": lambda *_: None,
    }
    return handlers


def create(*_: Any) -> tuple[str, dict[str, str]]:
    """Return the ID of a saved log query and its attributes."""
    query_id = str(uuid.uuid4())
    return query_id, {"QueryDefinitionId": query_id}
