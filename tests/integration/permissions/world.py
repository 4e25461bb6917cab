"""The stack under test, those who act in it, and the decisions about them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generators.lanes import Lane
from local.emulator import Emulator, EmulatorSession
from local.enforcement.decisions import Decision
from local.enforcement.principals import policy

from ..conftest import POLL_SECONDS, WAIT_SECONDS, Deployment, wait_until
from .policies import Policies

RETRY_SECONDS = 1  # longer than an attempt takes, short enough to wait for
# Whatever a processor asks for: more than fit into a slow start of its function, and few enough to
# wait for the last.
RECEIVES = 10
# Outputs that a stack has for its first lane -> what ``Lanes`` calls the same of each.
OUTPUTS = {
    "IngestQueueUrl": "queue",
    "DeadLetterQueueUrl": "deadLetterQueue",
    "LedgerTableName": "ledger",
    "FunctionName": "function",
    "LogGroupName": "logGroup",
}


class RefusedError(Exception):
    """Something on a path was refused."""

    def __init__(self, refused: list[Decision]) -> None:
        super().__init__("; ".join(f"{each.action} on {each.resource}" for each in refused))
        self.refused = refused


@dataclass
class World(Deployment):
    """The stack; its session is that of an administrator, who is checked like anybody."""

    emulator: Emulator
    lanes: tuple[Lane, ...]
    position: int = 0
    names: int = 0
    sessions: dict[str, EmulatorSession] = field(default_factory=dict)

    @property
    def root(self) -> EmulatorSession:
        return self.emulator.session(str(self.session.region_name))

    @cached_property
    def resources(self) -> dict[str, tuple[str, str]]:
        """Logical ID -> type and physical ID."""
        found = self.client("cloudformation").describe_stack_resources(StackName=self.name)
        return {
            each["LogicalResourceId"]: (each["ResourceType"], each["PhysicalResourceId"])
            for each in found["StackResources"]
        }

    def of(self, lane: Lane) -> Deployment:
        """Return the stack as if this were its only lane."""
        about = json.loads(self.outputs["Lanes"])[lane.name]
        own = {output: about[name] for output, name in OUTPUTS.items()}
        return Deployment(self.session, self.name, {**self.outputs, **own})

    @cached_property
    def policies(self) -> Policies:
        return Policies(self.root, self.resources)

    def physical(self, title: str) -> str:
        return self.resources[title][1]

    def new_name(self) -> str:
        """Return the name of a file that nobody has used; names begin with different letters."""
        self.names += 1
        return f"{'abcdefgh'[self.names % 8]}{self.names}.txt"

    def decisions(self) -> list[Decision]:
        """Return the decisions since the path began."""
        return self.emulator.decisions.since(self.position)

    def check(self) -> None:
        """Raise when something was refused; not to another stack, which may still be trying.

        Raises:
            RefusedError: With all of it.
        """
        refused = [decision for decision in self.decisions() if not decision.allowed]
        if ours := [each for each in refused if self.concerns(each)]:
            raise RefusedError(ours)

    def concerns(self, decision: Decision) -> bool:
        """Tell whether a decision is about a role of this stack, or a service and what it has."""
        if decision.role:
            return decision.role.startswith(self.name)
        physical = (each.rpartition("/")[2] for _, each in self.resources.values())
        return any(name.rpartition(":")[2] in decision.resource for name in physical)

    def run(self, path: "Callable[[World], object]") -> list[Decision]:
        """Walk a path and return the decisions on it.

        Raises:
            RefusedError: Something was refused.
        """
        self.position = self.emulator.decisions.position()
        path(self)
        self.check()
        return self.decisions()

    def wait(self, what: str, probe: Callable[[], Any]) -> Any:
        """Return the first true result of ``probe``, as long as nothing is refused."""
        deadline = time.monotonic() + WAIT_SECONDS
        while not (result := probe()):
            self.check()
            assert time.monotonic() < deadline, f"waited in vain: {what}"
            time.sleep(POLL_SECONDS)
        return result

    def attempt(self, attack: "Callable[[World], bool]") -> bool:
        """Make an attack and tell whether it got through."""
        self.position = self.emulator.decisions.position()
        return attack(self)

    def wait_for_decisions(self, concerns: Callable[[Decision], bool]) -> list[Decision]:
        """Return the decisions that concern somebody, as soon as there is one."""
        return list(
            wait_until("a decision", lambda: [each for each in self.decisions() if concerns(each)])
        )

    def retry_soon(self) -> None:
        """Let what failed be received again after a second, and be parked after ten times."""
        sqs = self.client("sqs")
        for lane in map(self.of, self.lanes):
            lane.retry_after(RETRY_SECONDS)
            url = lane.outputs["IngestQueueUrl"]
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
            redrive = json.loads(found["Attributes"]["RedrivePolicy"])
            attributes = {"RedrivePolicy": json.dumps({**redrive, "maxReceiveCount": RECEIVES})}
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)

    def settle(self) -> None:
        """Let what was refused succeed or be parked, empty the queues, and repair the key."""
        wait_until("an idle stack", lambda: not self.waiting())
        self.settle_dead_letters()
        if "EncryptionKey" not in self.resources:
            return
        kms, key = self.root.client("kms"), self.physical("EncryptionKey")
        if kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion":
            kms.cancel_key_deletion(KeyId=key)
        kms.enable_key(KeyId=key)

    def settle_dead_letters(self) -> None:
        """Empty the dead-letter queues, as somebody who repaired the cause."""
        for lane in map(self.of, self.lanes):
            sqs, url = self.client("sqs"), lane.outputs["DeadLetterQueueUrl"]
            while parked := lane.parked():
                for message in parked:
                    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def alarms(self) -> list[str]:
        """Return the names of the stack's alarms."""
        found = self.client("cloudwatch").describe_alarms(AlarmNamePrefix=self.name)
        return [alarm["AlarmName"] for alarm in found["MetricAlarms"]]

    @cached_property
    def listener(self) -> str:
        """URL of a queue that hears the alarm topic."""
        sqs, sns = self.root.client("sqs"), self.root.client("sns")
        url = sqs.create_queue(QueueName=f"{self.name}-listener")["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        arn, topic = found["Attributes"]["QueueArn"], self.physical("AlarmTopic")
        accept = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}}
        document = policy({**accept, "Action": "sqs:SendMessage", "Resource": arn})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return str(url)

    def heard(self) -> list[str]:
        """Return and forget what was published to the alarm topic."""
        sqs, url = self.root.client("sqs"), self.listener
        heard = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        for message in heard:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [message["Body"] for message in heard]

    def waiting(self) -> int:
        """Return how many messages are in the ingest queues, those in flight included."""
        return sum(sum(self.of(lane).messages()) for lane in self.lanes)

    def restart(self, title: str) -> None:
        """Make the function's next invocation a cold start."""
        lambdas, name = self.client("lambda"), self.physical(title)
        timeout = lambdas.get_function_configuration(FunctionName=name)["Timeout"]
        lambdas.update_function_configuration(FunctionName=name, Timeout=timeout)

    def acting_as(self, title: str) -> EmulatorSession:
        """Return a session of one of the stack's roles, which trusts us for a moment."""
        if title not in self.sessions:
            (_, role), iam = self.resources[title], self.root.client("iam")
            arn = iam.get_role(RoleName=role)["Role"]["Arn"]
            trusting = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
            assert isinstance(self.session, EmulatorSession)
            with self.policies.changed(title, "Trust", lambda _: trusting):
                self.sessions[title] = self.session.assuming(arn, "attacker")
        return self.sessions[title]
