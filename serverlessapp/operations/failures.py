"""Why a file failed, as the function's log tells it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from serverlessapp.operations.metrics import log_lines

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
    start = int(since.timestamp() * 1000)
    lines = log_lines(logs, group, filterPattern=ERRORS, startTime=start)
    errors = (line for line in lines if line.get("level") == "ERROR")
    for number, line in enumerate(errors, 1):
        failures.add(line)
        progress(f"{number} errors")
    return failures
