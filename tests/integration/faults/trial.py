"""One row of the matrix: its files, what is asked of them, and that none is lost."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from local.faults.proxy import FaultProxy
from serverlessapp.operations.receipts import Receipt
from tests.lambda_code import RFC_3339

from ..conftest import wait_until
from .stack import Stack

# Seconds. A batch that takes longer is delivered twice, so they are more than a busy machine needs.
REDELIVERY = 4
LATE_REDELIVERY = 10  # where the SDK waits before it tries again, or an environment starts


@dataclass
class Trial:
    """The files of one test on the shared stack."""

    stack: Stack
    folder: str
    uploaded: list[tuple[str, str]] = field(default_factory=list)

    @property
    def proxy(self) -> FaultProxy:
        return self.stack.proxy

    def key(self, name: str) -> str:
        """Return the whole key of one of this trial's files."""
        return self.stack.outputs["UploadPrefix"] + self.folder + name

    def upload(self, name: str, content: bytes = b"content", **metadata: str) -> str:
        """Upload a file, to be accounted for at the end, and return its version."""
        version = self.stack.upload(self.folder + name, content, **metadata)
        self.expect(name, version)
        return version

    def expect(self, name: str, version: str) -> None:
        """Account for a file that was made in another way."""
        self.uploaded.append((self.key(name), version))

    def wait_for_receipt(self, name: str, version: str = "") -> Receipt:
        """Wait for a file's receipt, which has to be signed truly."""
        receipt: Receipt = self.stack.wait_for_receipt(self.folder + name, version)
        password = self.stack.secret(receipt.secret_version)["password"]
        assert receipt.is_signed_by(password, self.stack.outputs["UploadBucketName"])
        return receipt

    def reads(self, name: str) -> int:
        """Return how often the function asked for a file."""
        return len(self.proxy.made("GetObject", self.key(name)))

    def writes(self, name: str) -> list[int]:
        """Return what DynamoDB answered to each entry of a file; 0 where it was not asked."""
        return [call.status for call in self.proxy.made("PutItem", self.key(name))]

    def receives(self, name: str) -> int:
        """Return how often the function had a file; each time, its log says what came of it."""
        self.stack.wait_until_idle()
        return sum(line.get("key") == self.key(name) for line in self.stack.log())

    def wait_for_log(self, text: str, name: str = "") -> dict[str, Any]:
        """Wait for a log line that has the text, and is about the file if one is named."""

        def probe() -> dict[str, Any] | None:
            lines = self.stack.log()
            if name:
                lines = [line for line in lines if line.get("key") == self.key(name)]
            return next((line for line in lines if text in json.dumps(line)), None)

        line: dict[str, Any] = wait_until(f"the log says {text}", probe)
        return line

    def wait_for_parked(self, count: int = 1) -> list[dict[str, Any]]:
        """Wait until so many messages are in the dead-letter queue."""
        messages: list[dict[str, Any]] = wait_until(
            f"{count} parked", lambda: len(found := self.stack.parked()) == count and found
        )
        return messages

    def wait_for_reason(self) -> str:
        """Wait for the one parked message and return the reason it carries."""
        (message,) = self.wait_for_parked()
        return str(message["MessageAttributes"]["Reason"]["StringValue"])

    def redrive(self) -> None:
        """Repair what is broken and have the parked messages delivered again."""
        self.proxy.heal()
        while bodies := self.stack.take("DeadLetterQueueUrl"):
            self.stack.send(*bodies)
        self.stack.wait_until_idle()
        assert not self.stack.parked()

    def account_for_everything(self) -> None:
        """Every version was entered once, or overtaken, or is parked; each line has its level."""
        self.proxy.heal()
        self.stack.wait_until_idle()
        parked = {file for message in self.stack.parked() for file in files_in(message["Body"])}
        for key, version in self.uploaded:
            made = [c for c in self.proxy.made("PutItem", key) if c.version_id == version]
            entered = [call.status for call in made].count(200)
            assert entered <= 1, f"{key} was entered {entered} times"
            done = entered or any(call.status == 400 for call in made)
            assert done or (key, version) in parked, f"{key} is lost"
        for line in self.stack.log():
            assert re.fullmatch(RFC_3339, line["timestamp"]), line
            assert line["level"], line


def files_in(body: str) -> set[tuple[str, str]]:
    """Return key and version of the files a message is about; of none if S3 did not send it."""
    try:
        objects = [record["s3"]["object"] for record in json.loads(body)["Records"]]
    except (KeyError, ValueError):
        return set()
    return {(unquote_plus(item["key"]), item.get("versionId", "null")) for item in objects}
