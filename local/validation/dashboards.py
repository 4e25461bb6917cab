"""The body of a dashboard is a JSON object with widgets.

Amazon CloudWatch API Reference, "PutDashboard" and "Dashboard body structure and syntax".
"""

import json
from collections.abc import Iterator

from local.validation.resources import Properties, refuses


@refuses("AWS::CloudWatch::Dashboard")
def body(_: str, properties: Properties) -> Iterator[str]:
    """Refuse what is no JSON object, or has no widgets."""
    try:
        parsed = json.loads(properties["DashboardBody"])
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict) or "widgets" not in parsed:
        yield "The dashboard body is invalid: it is no JSON object with widgets"
