"""The bucket beside the ledgers: each file beside what each of its processors wrote about it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from serverlessapp.operations import ledger
from serverlessapp.operations.events import Upload, sequencer_after
from serverlessapp.operations.ledger import LedgerEntry
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.operations.uploads import CurrentFile

UNTAKEN = "no processor takes it"

Lookup = Callable[[StackLane, Sequence[str]], dict[str, LedgerEntry]]
# Why a file is of interest; empty when it is not.
Judge = Callable[[CurrentFile, LedgerEntry | None], str]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A file that a command is about, for a processor, and the sequencer that its event gets.

    ``processor`` is empty when there is none (``UNTAKEN``), ``sequencer`` also when the entry is
    damaged: such a file cannot be enqueued.
    """

    processor: str
    upload: Upload
    why: str
    sequencer: str


def compare(
    stack: Stack,
    files: Iterable[CurrentFile],
    lookup: Lookup,
    judge: Judge,
    progress: Callable[[str], None],
) -> Iterator[Candidate]:
    """Yield what is of interest, in batches, so that memory stays flat.

    The bucket is read before the ledgers: what is processed in between counts as processed.
    """
    pending, seen = iter(files), 0
    while batch := list(islice(pending, ledger.BATCH)):
        takers = {file: stack.takers(file.upload.key) for file in batch}
        for file in (file for file in batch if not takers[file]):
            yield Candidate(processor="", upload=file.upload, why=UNTAKEN, sequencer="")
        for lane in stack.chosen:
            taken = [file for file in batch if lane in takers[file]]
            known = lookup(lane, [file.upload.key for file in taken]) if taken else {}
            for file in taken:
                entry = known.get(file.upload.key)
                damage = entry.damage if entry else ""
                if why := damage or judge(file, entry):
                    after = (
                        sequencer_after(entry.sequencer if entry else None) if not damage else ""
                    )
                    yield Candidate(
                        processor=lane.processor, upload=file.upload, why=why, sequencer=after
                    )
        seen += len(batch)
        progress(f"{seen:,} files")
