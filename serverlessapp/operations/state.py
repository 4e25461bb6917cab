"""Where the plan of a command is kept until it is sent, and how a command that stopped goes on."""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from serverlessapp.advice import explained
from serverlessapp.errors import OperatorError
from serverlessapp.report import Report

FORMAT = 1  # of the files
# No queue keeps a message longer (Amazon SQS Developer Guide, "Amazon SQS message quotas"), so
# what was sent before that waits no more.
KEPT_SECONDS = 14 * 24 * 3600


def place(command: str, stack: str, binding: Mapping[str, object]) -> Path:
    """Return the file for a command with these options, which belongs to no other.

    It is in ``serverlessapp`` in ``$XDG_STATE_HOME`` (XDG Base Directory Specification), or in
    ``~/.local/state``. Files there that are too old to be of use are deleted.

    Raises:
        OperatorError: No files can be kept there.
    """
    home = os.environ.get("XDG_STATE_HOME")
    try:
        folder = (Path(home) if home else Path.home() / ".local/state") / "serverlessapp"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it names files
        if not os.access(folder, os.W_OK):
            raise PermissionError(f"no files can be made in {folder}")
        for file in folder.glob("*.sqlite*"):
            with suppress(FileNotFoundError):  # another command has deleted its own
                if file.stat().st_mtime < time.time() - KEPT_SECONDS:
                    file.unlink()
    except (OSError, RuntimeError) as error:  # the latter: there is no home
        raise OperatorError(f"{error}; set XDG_STATE_HOME to another folder") from error
    told = json.dumps([FORMAT, command, stack, binding], sort_keys=True)
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    name = stack.rpartition(":stack/")[2].partition("/")[0]  # of an ARN, too
    return folder / f"{command}-{name}-{digest}.sqlite"


@contextmanager
def resumable(report: Report, path: Path, again: str) -> Iterator[None]:
    """Say how a command goes on that AWS, the disk or somebody stopped.

    Raises:
        OperatorError: AWS refused, the disk is full, or something has to change first.
    """
    words = f"{again} resumes where it stopped, from {path}"
    anew = f"{path} is damaged: delete it, and the command starts again"
    try:
        yield
    except (BotoCoreError, ClientError, OperatorError, OSError, sqlite3.Error) as error:
        is_damaged = type(error) is sqlite3.DatabaseError  # and no OperationalError
        raise OperatorError(f"{explained(error)}; {anew if is_damaged else words}") from error
    except KeyboardInterrupt:
        report.note(words)
        raise
