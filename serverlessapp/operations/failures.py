"""Why a file failed, as the function's log tells it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_logs import CloudWatchLogsClient

ERRORS = '{ $.level = "ERROR" }'


@dataclass(frozen=True)
class Failures:
    """The last error of each message and of each file."""

    by_message: dict[str, str] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)

    def add(self, line: dict[str, Any]) -> None:
        """Take in a line of the log; later lines replace earlier ones."""
        reason = str(line.get("message", ""))
        if "error" in line:
            reason = f"{line.get('error_type', 'error')}: {line['error']}"
        if "message_id" in line:
            self.by_message[str(line["message_id"])] = reason
        if "key" in line:
            self.by_key[str(line["key"])] = reason

    def of(self, message_id: str, key: str) -> str:
        """Return why a message failed, or else its file; empty when the log does not say."""
        return self.by_message.get(message_id) or self.by_key.get(key, "")


def read(
    logs: "CloudWatchLogsClient", group: str, since: datetime, progress: Callable[[str], None]
) -> Failures:
    """Read the errors in a log group since a moment."""
    failures = Failures()
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=group, filterPattern=ERRORS, startTime=int(since.timestamp() * 1000)
    )
    lines = 0
    for page in pages:
        for event in page["events"]:
            try:
                line = json.loads(event["message"])
            except ValueError:
                continue
            if isinstance(line, dict) and line.get("level") == "ERROR":
                failures.add(line)
                lines += 1
        progress(f"{lines} errors")
    return failures
