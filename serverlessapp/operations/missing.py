"""What the bucket has and the ledger does not."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from serverlessapp.operations import ledger
from serverlessapp.operations.events import Upload, sequencer_after
from serverlessapp.operations.ledger import LedgerEntry
from serverlessapp.operations.uploads import CurrentFile

NEVER = "never processed"
NEWER = "newer version in the bucket than in the ledger"


@dataclass(frozen=True, kw_only=True)
class Missing:
    """A file that has to be processed, why, and the sequencer its event gets."""

    upload: Upload
    why: str
    sequencer: str


def judge(file: CurrentFile, entry: LedgerEntry | None) -> Missing | None:
    """Return what is missing; None when the ledger is up to date.

    A version that the ledger names and the bucket has no more was either before the
    current one (and expired) or after it (and was deleted for good): the times tell.
    """
    if entry is None:
        return Missing(upload=file.upload, why=NEVER, sequencer=sequencer_after(None))
    is_older = entry.version_id in file.earlier or entry.event_time < file.upload.uploaded
    if entry.version_id == file.upload.version_id or not is_older:
        return None
    return Missing(upload=file.upload, why=NEWER, sequencer=sequencer_after(entry.sequencer))


def find(
    files: Iterable[CurrentFile],
    lookup: Callable[[Sequence[str]], dict[str, LedgerEntry]],
    progress: Callable[[str], None],
) -> Iterator[Missing]:
    """Yield what is missing, in batches, so that memory stays flat.

    The bucket is read before the ledger: what is processed in between counts as processed.
    """
    pending, seen = iter(files), 0
    while batch := list(islice(pending, ledger.BATCH)):
        known = lookup([file.upload.key for file in batch])
        yield from filter(None, (judge(file, known.get(file.upload.key)) for file in batch))
        seen += len(batch)
        progress(f"{seen:,} files")
