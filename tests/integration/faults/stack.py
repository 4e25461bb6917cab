"""The stack under test, and the handles that faults are made with."""

import io
import json
import signal
import zipfile
from dataclasses import dataclass
from typing import Any

from generators import inline
from local.faults import actions
from local.faults.proxy import FaultProxy
from serverlessapp.operations import metrics

from ..conftest import Deployment, wait_until


@dataclass
class Stack(Deployment):
    """A stack whose function calls AWS through the proxy."""

    proxy: FaultProxy

    def configure(self, timeout: int = 10, **variables: str) -> None:
        """Change the function's time-out in seconds, and add environment variables."""
        lambdas, name = self.client("lambda"), self.outputs["FunctionName"]
        kept = lambdas.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        lambdas.update_function_configuration(
            FunctionName=name, Timeout=timeout, Environment={"Variables": kept | variables}
        )

    def use_code(self, before: str = "", after: str = "") -> None:
        """Run the template's code with one piece of its text replaced; as it is without one."""
        code = (inline.FUNCTIONS / "file_processor/index.py").read_text()
        assert not before or code.count(before) == 1
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            changed = code.replace(before, after) if before else code
            archive.writestr("index.py", changed)
        self.client("lambda").update_function_code(
            FunctionName=self.outputs["FunctionName"], ZipFile=package.getvalue()
        )

    def restart(self) -> None:
        """End the running execution environments, and with them what they remember."""
        actions.signal_clients(self.proxy.endpoint, signal.SIGKILL)

    def send(self, *bodies: str) -> None:
        """Put messages into the ingest queue."""
        for body in bodies:
            self.client("sqs").send_message(
                QueueUrl=self.outputs["IngestQueueUrl"], MessageBody=body
            )

    def take(self, queue: str = "IngestQueueUrl") -> list[str]:
        """Remove up to ten messages from a queue and return their bodies."""
        sqs, url = self.client("sqs"), self.outputs[queue]
        taken = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in taken:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in taken]

    def empty_dead_letter_queue(self) -> None:
        while self.take("DeadLetterQueueUrl"):
            pass

    def wait_until_idle(self) -> None:
        """Wait until every message was either processed or parked."""
        wait_until("an empty ingest queue", lambda: not self.waiting())

    def waiting(self) -> int:
        """Return how many messages are in the ingest queue, those in flight included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        attributes = self.client("sqs").get_queue_attributes(
            QueueUrl=self.outputs["IngestQueueUrl"], AttributeNames=names
        )["Attributes"]
        return sum(int(attributes[name]) for name in names)

    def log(self) -> list[dict[str, Any]]:
        """Return the function's log lines."""
        return list(metrics.log_lines(self.client("logs"), self.outputs["LogGroupName"]))

    def secret(self, version: str = "") -> dict[str, str]:
        """Return the secret's values, the current ones or those of a version."""
        which = {"VersionId": version} if version else {}
        answer = self.client("secretsmanager").get_secret_value(
            SecretId=self.outputs["SecretArn"], **which
        )
        return dict(json.loads(answer["SecretString"]))

    def change_secret(self, text: str) -> None:
        self.client("secretsmanager").put_secret_value(
            SecretId=self.outputs["SecretArn"], SecretString=text
        )
