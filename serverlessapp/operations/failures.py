"""Why a file failed, as the function's log tells it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from serverlessapp.clients import CloudWatchLogsClient
from serverlessapp.operations.metrics import log_lines

# Lambda's own lines name no file. Of an uncaught error, the Python runtime's have "log_level", from
# late 2026 on "level" (aws-lambda-python-runtime-interface-client#220). Of an invocation that
# crashed or ran out of time, the report has a status (AWS Lambda Developer Guide, "Lambda Telemetry
# API Event schema reference").
BAD_STATUS = ("error", "failure", "timeout")
FIELDS = {"level": ("ERROR",), "log_level": ("ERROR",), "record.status": BAD_STATUS}
TESTS = (f'$.{name} = "{value}"' for name, values in FIELDS.items() for value in values)
ERRORS = "{ " + " || ".join(TESTS) + " }"


@dataclass
class Failures:
    """The last error of each message, of each file, and of the function as a whole."""

    by_message: dict[str, str] = field(default_factory=dict)
    by_key: dict[str, str] = field(default_factory=dict)
    of_function: str = ""

    def add(self, line: dict[str, Any]) -> None:
        """Take in a line of the log; later lines replace earlier ones."""
        reason = reason_in(line)
        if not reason:
            return
        if "message_id" in line:
            self.by_message[str(line["message_id"])] = reason
        if "key" in line:
            self.by_key[str(line["key"])] = reason
        if not line.keys() & {"message_id", "key"}:
            self.of_function = reason

    def of(self, message_id: str, key: str) -> str:
        """Return why a message failed, or else its file; empty when the log does not say."""
        reason = self.by_message.get(message_id) or self.by_key.get(key, "")
        if not reason and self.of_function:
            return f"no log line about the file, but the function itself failed: {self.of_function}"
        return reason


def reason_in(line: dict[str, Any]) -> str:
    """Return the error that a line of the log is about; empty if it is about none."""
    record = line.get("record")
    if isinstance(record, dict) and record.get("status") in BAD_STATUS:
        return f"{record['status']} {record.get('errorType', '')}".strip()
    if "ERROR" not in (line.get("level"), line.get("log_level")):
        return ""
    kind = line.get("error_type") or line.get("errorType")
    text = line.get("error") or line.get("errorMessage") or line.get("message", "")
    return f"{kind}: {text}" if kind else str(text)


def read(
    logs: CloudWatchLogsClient, group: str, since: datetime, progress: Callable[[str], None]
) -> Failures:
    """Read the errors in a log group since a moment."""
    failures = Failures()
    start = int(since.timestamp() * 1000)
    for number, line in enumerate(log_lines(logs, group, filterPattern=ERRORS, startTime=start), 1):
        failures.add(line)
        progress(f"{number} lines")
    return failures
