"""The bucket beside the ledgers: each file beside what each of its processors wrote about it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from serverlessapp.operations.events import Upload, sequencer_after
from serverlessapp.operations.ledger import LedgerEntry
from serverlessapp.operations.stack import Stack, StackLane
from serverlessapp.operations.uploads import CurrentFile, Page, Place

THREADS = 8  # ask the ledgers; fewer than the ten connections that a client keeps
UNTAKEN = "matches no processor"

Lookup = Callable[[StackLane, Sequence[str]], dict[str, LedgerEntry]]
# Why a file is of interest; empty when it is not.
Judge = Callable[[CurrentFile, LedgerEntry | None], str]
# The file with a key as it is in the bucket now, if it is there.
Reread = Callable[[str], Iterable[CurrentFile]]


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A file that a command is about, for a processor, and the sequencer that its event gets."""

    processor: str  # empty where there is none (UNTAKEN)
    upload: Upload
    why: str
    sequencer: str = ""  # then empty, too, or when the entry is damaged: it cannot be enqueued

    @property
    def is_damaged(self) -> bool:
        """Whether its entry is no entry that a sequencer could come after."""
        return bool(self.processor) and not self.sequencer


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What is of interest in a page, which had that many files, and the place after it."""

    candidates: list[Candidate]
    seen: int
    place: Place


def compare(
    stack: Stack, pages: Iterable[Page], lookup: Lookup, judge: Judge, reread: Reread = lambda _: ()
) -> Iterator[Compared]:
    """Yield what is of interest in each page, in their order; only a few are in memory.

    ``reread`` is asked about what an inventory says too little about.
    The bucket is read before the ledgers: what is processed in between counts as processed.
    """
    work = partial(compared, stack, lookup, judge, reread)
    pending: deque[Future[Compared]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        try:
            for page in pages:
                pending.append(pool.submit(work, page))
                if len(pending) > THREADS:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def compared(stack: Stack, lookup: Lookup, judge: Judge, reread: Reread, page: Page) -> Compared:
    """Return what is of interest in a page."""
    takers = {file: stack.takers(file.upload.key) for file in page.files}
    candidates = [
        Candidate(processor="", upload=file.upload, why=UNTAKEN)
        for file in page.files
        if not takers[file]
    ]
    for lane in stack.chosen:
        taken = [file for file in page.files if lane in takers[file]]
        known = lookup(lane, [file.upload.key for file in taken]) if taken else {}
        candidate = partial(Candidate, processor=lane.processor)
        for listed in taken:
            entry = known.get(listed.upload.key)
            if entry and entry.damage:
                candidates.append(candidate(upload=listed.upload, why=entry.damage))
                continue
            doubtful = is_doubtful(listed, entry)
            sequencer = sequencer_after(entry.sequencer if entry else None)
            candidates += [
                candidate(upload=file.upload, why=why, sequencer=sequencer)
                for file in (reread(listed.upload.key) if doubtful else [listed])
                if (why := judge(file, entry))
            ]
    return Compared(candidates=candidates, seen=len(page.files), place=page.place)


def is_doubtful(file: CurrentFile, entry: LedgerEntry | None) -> bool:
    """Tell whether an inventory says too little about a file of a bucket with versions.

    Which version is current, or which came first, its own or that of the entry.
    """
    if file.earlier is not None:
        return False
    if file.upload.version_id:
        return entry is not None and entry.version_id != file.upload.version_id
    is_same = entry and entry.etag == file.upload.etag
    return not (entry and is_same and entry.event_time >= file.upload.uploaded)
