"""What a command is going to enqueue, on disk: memory stays flat, and a stop loses nothing.

A plan is a file of SQLite. One transaction has what a page brought and the place after it; one has
the place after each batch that was sent. So what was stopped goes on from there (ADR 36).
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path

from serverlessapp.errors import OperatorError
from serverlessapp.operations.comparison import Candidate, Compared
from serverlessapp.operations.events import Upload
from serverlessapp.operations.uploads import START, Place, in_utc

REFUSED = "SQS did not take it"
WAITING = "enqueued before, and may still wait"
PLANNED = "processor <> '' AND left_out = ''"
LEFT_OUT = "processor <> '' AND left_out = ?"
UNTAKEN = "processor = ''"
DAMAGED = "processor <> '' AND sequencer = ''"  # left out from the start, by their own reason
FIELDS = [field.name for field in fields(Upload)]
UPLOAD = attrgetter(*FIELDS)
COLUMNS = ", ".join(("processor", *FIELDS, "why", "sequencer"))
SHOWN = COLUMNS.replace("why", "CASE left_out WHEN '' THEN why ELSE left_out END")
# Without a rowid the table is its index, in the order in which S3 lists keys: most rows come last.
TABLE = f"""CREATE TABLE IF NOT EXISTS candidate ({COLUMNS}, left_out NOT NULL DEFAULT '',
    PRIMARY KEY (processor, key)) WITHOUT ROWID"""
INSERT = f"""INSERT OR REPLACE INTO candidate ({COLUMNS}, left_out)
    VALUES (?,?,?,?,?,?,?,?,?)"""  # noqa: S608
PRAGMAS = (
    "locking_mode = EXCLUSIVE",
    "journal_mode = WAL",
    "synchronous = NORMAL",  # a power cut may undo the last commits, and no kill does
    "cache_size = -16000",  # KB
)


@dataclass(frozen=True, kw_only=True)
class PlanProgress:
    """How far a command is."""

    begun: str  # when; ISO 8601, in UTC
    place: Place = START  # where its reader goes on
    files: int = 0  # how many were compared
    expired: int = 0  # how many of them have no entry, which may have expired
    complete: bool = False  # whether all pages were read
    sent: int = 0  # how many messages SQS took
    # Processor and key of the last of them; what comes before it was sent as well.
    sent_to: tuple[str, str] = ("", "")
    finished: float = 0  # when everything was sent, in seconds since 1970; or else 0
    previous: float = 0  # when the run before this one finished, likewise


class SendPlan:
    """Candidates in the order of processor and key, each once."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the plan in a file, or a new one that nobody sees and that goes with the command.

        Raises:
            OperatorError: Another command works with the file, or it is no plan.
        """
        self.path = path
        self._database = sqlite3.connect(path or "", isolation_level=None, timeout=1)
        try:
            for pragma in PRAGMAS:
                self._database.execute(f"PRAGMA {pragma}")
            with self._transaction():
                self._database.execute("CREATE TABLE IF NOT EXISTS progress (content)")
                self._database.execute(TABLE)
                kept = self._database.execute("SELECT content FROM progress").fetchone()
        except sqlite3.Error as error:
            self._database.close()
            raise OperatorError(
                f"{path}: {error}; wait if another command uses it, or delete it"
            ) from error
        content = json.loads(kept[0]) if kept else {"begun": in_utc(datetime.now(UTC))}
        lists = {name: tuple(value) for name, value in content.items() if type(value) is list}
        self.progress = PlanProgress(**{**content, **lists})
        if self.progress.finished:
            self._begin_after(self.progress.finished)

    def __enter__(self) -> "SendPlan":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def add(self, page: Compared, candidates: list[Candidate], expired: int = 0) -> None:
        """Add candidates of a page, and go on after it."""
        rows = [
            (c.processor, *UPLOAD(c.upload), c.why, c.sequencer, c.why if c.is_damaged else "")
            for c in candidates
        ]
        with self._transaction():
            self._database.executemany(INSERT, rows)
            now = self.progress
            files, expired = now.files + page.seen, now.expired + expired
            self._save(replace(now, place=page.place, files=files, expired=expired))

    def leave_out(self, reason: str, processor: str, upload: Upload) -> None:
        """Do not send what is about this version of a file."""
        with suppress(UnicodeEncodeError):  # messages may name what nothing in S3 can be called
            self._database.execute(
                "UPDATE candidate SET left_out = ? WHERE processor = ? AND key = ? "
                "AND version_id = ? AND etag = ? AND sequencer <> ''",
                (reason, processor, upload.key, upload.version_id, upload.etag),
            )

    def leave_out_waiting(self) -> None:
        """Do not send what the run before this one has sent."""
        if self.progress.previous:
            self._database.execute(
                "UPDATE candidate SET left_out = ?1 WHERE left_out = '' AND EXISTS (SELECT 1 "
                "FROM previous AS p WHERE p.processor = candidate.processor "
                "AND p.key = candidate.key AND p.version_id = candidate.version_id "
                "AND p.etag = candidate.etag AND p.left_out IN ('', ?1))",
                (WAITING,),
            )

    def complete(self) -> None:
        """Note that all pages were read."""
        self._save(replace(self.progress, complete=True))

    def count(self, condition: str, *values: str) -> int:
        """Return how many candidates there are."""
        query = f"SELECT count(*) FROM candidate WHERE {condition}"  # noqa: S608  ours
        return int(self._database.execute(query, values).fetchone()[0])

    def rows(self, condition: str, *values: object) -> Iterator[Candidate]:
        """Yield candidates; of one that is left out, ``why`` says for what reason."""
        query = f"SELECT {SHOWN} FROM candidate WHERE {condition}"  # noqa: S608  ours
        for processor, *upload, why, sequencer in self._database.execute(query, values):
            yield Candidate(
                processor=processor,
                upload=Upload(**dict(zip(FIELDS, upload, strict=True))),
                why=why,
                sequencer=sequencer,
            )

    def batch(self, size: int) -> list[Candidate]:
        """Return what is to be sent next, all to one processor; nothing at the end."""
        after = f"(processor, key) > (?, ?) AND {PLANNED} ORDER BY processor, key LIMIT {size}"
        rows = list(self.rows(after, *self.progress.sent_to))
        return [row for row in rows if row.processor == rows[0].processor]

    def sent(self, batch: list[Candidate], refused: list[Candidate]) -> None:
        """Note that a batch was sent, but for what SQS refused of it."""
        last, number = batch[-1], len(batch) - len(refused)
        with self._transaction():
            for candidate in refused:
                self.leave_out(REFUSED, candidate.processor, candidate.upload)
            sent_to = (last.processor, last.upload.key)
            self._save(replace(self.progress, sent=self.progress.sent + number, sent_to=sent_to))

    def finish(self) -> None:
        """Keep what was sent, for the next run to know; or delete the file if nothing was."""
        if not self.count("processor <> '' AND left_out IN ('', ?)", WAITING):
            self._delete()
            return
        with self._transaction():
            self._database.execute("DROP TABLE IF EXISTS previous")
            finished = time.time() if self.progress.sent else self.progress.previous
            self._save(replace(self.progress, finished=finished))

    def abandon(self) -> None:
        """Forget a plan that nobody agreed to, but not what this run or the one before has sent."""
        if self.progress.sent:
            return
        if not self.progress.previous:
            self._delete()
            return
        with self._transaction():
            self._database.execute("DROP TABLE candidate")
            self._database.execute("ALTER TABLE previous RENAME TO candidate")
            self._save(replace(self.progress, finished=self.progress.previous))

    def _begin_after(self, finished: float) -> None:
        with self._transaction():
            self._database.execute("ALTER TABLE candidate RENAME TO previous")
            self._database.execute(TABLE)
            self._save(PlanProgress(begun=in_utc(datetime.now(UTC)), previous=finished))

    def _save(self, progress: PlanProgress) -> None:
        content = json.dumps(asdict(progress))
        self._database.execute("REPLACE INTO progress (rowid, content) VALUES (1, ?)", (content,))
        self.progress = progress

    def _delete(self) -> None:
        self._database.close()
        if self.path:
            self.path.unlink()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        with self._database:  # commits, or rolls back when something is raised
            yield
