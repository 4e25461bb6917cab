"""The deployed stack, as its outputs describe it: what is shared, and what each processor has."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from serverlessapp.aws import describe
from serverlessapp.clients import CloudFormationClient
from serverlessapp.errors import OperatorError
from serverlessapp.processors.definition import FIRST
from serverlessapp.processors.uploads import Uploads


@dataclass(frozen=True, kw_only=True)
class StackLane:
    """What one processor has. Queues are URLs; the folder of ``uploads`` is below the prefix."""

    processor: str
    uploads: Uploads
    ingest_queue: str
    dead_letter_queue: str
    ledger: str
    function: str
    log_group: str


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What an operator's command needs to know."""

    name: str
    bucket: str
    prefix: str
    secret: str
    lanes: tuple[StackLane, ...]
    processor: str | None = None  # the only one that the command is about; None means all

    @property
    def chosen(self) -> tuple[StackLane, ...]:
        """What the command is about."""
        return tuple(lane for lane in self.lanes if self.processor in (None, lane.processor))

    def takers(self, key: str) -> tuple[StackLane, ...]:
        """Return the lanes that take a file; several when events come through EventBridge."""
        if not key.startswith(self.prefix):
            return ()
        name = key.removeprefix(self.prefix)
        return tuple(lane for lane in self.lanes if lane.uploads.take(name))

    def row(self, processor: str, *cells: object) -> tuple[object, ...]:
        """Return a line of a table, with the processor where it can be one or another."""
        return (processor, *cells) if len(self.chosen) > 1 else cells


def find(cloudformation: CloudFormationClient, name: str, processor: str | None = None) -> Stack:
    """Return the stack of this name.

    Raises:
        OperatorError: There is no such stack or processor, or it is not one of ours.
        ClientError: CloudFormation failed in another way.
    """
    description = describe(cloudformation, name)
    outputs = {item["OutputKey"]: item["OutputValue"] for item in description.get("Outputs", [])}
    try:
        stack = Stack(
            name=name,
            bucket=outputs["UploadBucketName"],
            prefix=outputs["UploadPrefix"],
            secret=outputs["SecretArn"],
            lanes=tuple(lanes_in(outputs)),
            processor=processor,
        )
    except KeyError as error:
        state = description["StackStatus"]
        raise OperatorError(
            f"stack {name} ({state}) has no output {error.args[0]}; is it a ServerlessApp stack?"
        ) from error
    if not stack.chosen:
        names = ", ".join(lane.processor for lane in stack.lanes)
        raise OperatorError(f"stack {name} has no processor {processor}; it has {names}")
    return stack


def lanes_in(outputs: Mapping[str, str]) -> Iterator[StackLane]:
    """Yield the lanes; a stack of 0.1 to 0.3 has one and no output ``Lanes``.

    Raises:
        KeyError: An output is not there.
        OperatorError: ``Lanes`` is not as this version knows it.
    """
    if "Lanes" not in outputs:
        yield StackLane(
            processor=FIRST,
            uploads=Uploads(),
            ingest_queue=outputs["IngestQueueUrl"],
            dead_letter_queue=outputs["DeadLetterQueueUrl"],
            ledger=outputs["LedgerTableName"],
            function=outputs["FunctionName"],
            log_group=outputs["LogGroupName"],
        )
        return
    try:
        lanes = [lane_in(name, lane) for name, lane in json.loads(outputs["Lanes"]).items()]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise OperatorError(
            "cannot read the stack's output Lanes: it is not a ServerlessApp stack, or newer "
            "than this tool"
        ) from error
    yield from lanes


def lane_in(processor: str, lane: Mapping[str, Any]) -> StackLane:
    """Return a lane of the output ``Lanes``."""
    return StackLane(
        processor=processor,
        uploads=Uploads(
            source=lane["source"], folder=lane["folder"], suffixes=tuple(lane["suffixes"])
        ),
        ingest_queue=lane["queue"],
        dead_letter_queue=lane["deadLetterQueue"],
        ledger=lane["ledger"],
        function=lane["function"],
        log_group=lane["logGroup"],
    )
