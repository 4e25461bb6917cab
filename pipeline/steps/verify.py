"""``verify``: a sample goes through every lane of the deployed stacks."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from generators import lanes
from pipeline.grants.environment import SAMPLES
from pipeline.names import VERIFY
from pipeline.steps.session import StackPlace, places
from pipeline.steps.settings import StepSettings
from serverlessapp.errors import OperatorError
from serverlessapp.operations import ledger
from serverlessapp.operations.checker import Checker, ReceiptStatus
from serverlessapp.operations.stack import StackLane, find
from serverlessapp.processors.definition import Processor, read_all

# For all samples together: after a failure that passes, SQS delivers again in six minutes, with the
# default time-out of functions; a build on Lambda compute ends after fifteen.
WAIT_SECONDS = 480.0
POLL_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class UploadedSample:
    """A sample on its way; ``started`` by the clock of who waits."""

    place: StackPlace
    lane: StackLane
    checker: Checker
    key: str
    version: str
    started: float
    # The sequencer of the entry that was there: without versions, a build that is tried again would
    # take it for its own.
    before: str

    @property
    def name(self) -> str:
        """What to call it in a line."""
        return f"{self.place.region}: {self.lane.processor}"

    def entered(self) -> str | None:
        """Return what is wrong with its ledger entry, empty if nothing is; None: no entry yet."""
        pages = ledger.pages(self.place.client("dynamodb"), self.lane.ledger, self.key)
        for item in next(pages):
            is_older = self.before == item.get("sequencer", {}).get("S", "")
            if item.get("version_id", {}).get("S") == self.version and not is_older:
                verified = self.checker.check(self.lane, item)
                good = verified.verdict is ReceiptStatus.VERIFIED
                return "" if good else f"its ledger entry does not verify: {verified.reason}"
        return None


def verify(
    settings: StepSettings,
    now: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Upload a sample for each lane and wait for its signed entry; 1 if one does not get it.

    Samples and entries stay, as any file's: whoever runs a push's code may delete nothing. Nor may
    it look into dead-letter queues, with the names of customers' files; it names them.
    """
    waiting = [
        sample
        for place in places(settings.environment, VERIFY)
        for sample in uploaded(settings, place, now)
    ]
    deadline, failed = now() + WAIT_SECONDS, 0
    while waiting:
        for sample in list(waiting):
            wrong = sample.entered()
            if wrong is None and now() > deadline:
                wrong = (
                    f"no entry in ledger {sample.lane.ledger} after {WAIT_SECONDS:.0f} s; check "
                    f"{sample.lane.log_group} and {sample.lane.dead_letter_queue}"
                )
            if wrong is None:
                continue
            waiting.remove(sample)
            failed += bool(wrong)
            verdict = f"{sample.key} failed: {wrong}" if wrong else "signed entry, verified"
            settings.say(f"{sample.name}: {verdict} ({now() - sample.started:.1f} s)")
        if waiting:
            pause(POLL_SECONDS)
    return 1 if failed else 0


def uploaded(
    settings: StepSettings, place: StackPlace, now: Callable[[], float]
) -> Iterator[UploadedSample]:
    """Upload a sample for each lane of a stack, by a name with the execution's ID.

    Raises:
        OperatorError: The stack has no lane for a processor.
    """
    stack = find(place.client("cloudformation"), place.stack)
    s3 = place.client("s3")
    checker = Checker(stack=stack, s3=s3, secrets=place.client("secretsmanager"))
    by_name = {lane.processor: lane for lane in stack.lanes}
    for processor in read_all(lanes.PROCESSORS):
        if not processor.verify:
            settings.say(f"{place.region}: {processor.name}: skipped (verify = false)")
            continue
        if processor.name not in by_name:
            raise OperatorError(
                f"{place.stack} in {place.region} has no processor {processor.name}"
            )
        sample = processor.samples[0]
        key = stack.prefix + name_of(processor, settings.execution)
        lane = by_name[processor.name]
        entries = next(ledger.pages(place.client("dynamodb"), lane.ledger, key))
        before = next((item.get("sequencer", {}).get("S", "") for item in entries), "none")
        answer = s3.put_object(Bucket=stack.bucket, Key=key, Body=sample.read_bytes())
        yield UploadedSample(
            place=place,
            lane=lane,
            before=before,
            checker=checker,
            key=key,
            version=answer.get("VersionId", "null"),
            started=now(),
        )


def name_of(processor: Processor, execution: str) -> str:
    """Return a name below ``UploadPrefix`` that gets to the processor, for this execution."""
    name = processor.upload_name(processor.samples[0])
    below = name.removeprefix(processor.uploads.folder)
    return f"{processor.uploads.folder}{SAMPLES}/{execution}/{below}"
