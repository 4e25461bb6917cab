"""Metrics as the function writes them: EMF lines in its log."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from serverlessapp.clients import CloudWatchLogsClient


@dataclass(frozen=True, kw_only=True)
class Metric:
    """The values of one metric in one EMF line."""

    namespace: str
    name: str
    unit: str
    dimensions: dict[str, str]
    values: tuple[float, ...]


def log_lines(logs: CloudWatchLogsClient, group: str, **only: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON line of a log group; other lines are Lambda's own.

    ``only``: more parameters of FilterLogEvents: ``filterPattern``, ``startTime`` in ms.
    """
    for page in logs.get_paginator("filter_log_events").paginate(logGroupName=group, **only):
        for event in page["events"]:
            try:
                line = json.loads(event["message"])
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line


def extract(lines: Iterable[dict[str, Any]]) -> Iterator[Metric]:
    """Yield the metrics in log lines (CloudWatch EMF specification)."""
    for line in lines:
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", []):
            for definition in directive["Metrics"]:
                value = line[definition["Name"]]
                yield Metric(
                    namespace=directive["Namespace"],
                    name=definition["Name"],
                    unit=definition["Unit"],
                    dimensions={name: line[name] for name in directive["Dimensions"][0]},
                    values=tuple(value) if isinstance(value, list) else (value,),
                )
