"""Runs a program where nothing but ``/tmp`` can be written, as on Lambda compute.

In a user namespace and a mount namespace of its own, so root is not needed. By itself, with the
standard library alone: ``unshare`` starts it, and it becomes the program.
Source: the manual pages mount_setattr(2) and mount_namespaces(7).
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

TMP = "/tmp"  # noqa: S108 - what it is called inside; the build's own folder is mounted there
NAMESPACES = ("unshare", "--user", "--map-root-user", "--mount", "--")
# Somebody who is not root, and has no right any more to change the mounts.
NOBODY = ("unshare", "--user", "--map-user=993", "--map-group=990", "--")
# Where this machine cannot, the log says so.
OPEN = (
    *("bash", "-c", 'echo "$0"; exec "$@"'),
    "this machine does not allow user namespaces: read-only folders are writable here",
)
MOUNT_SETATTR = 442  # the number of the system call, on every architecture
AT_FDCWD, AT_RECURSIVE, READ_ONLY = -100, 0x8000, 1
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000


def command(tmp: Path, start: str, kept: Sequence[Path] = ()) -> list[str]:
    """Return what comes in front of a program.

    Args:
        tmp: The folder that becomes ``/tmp``.
        start: Where the program starts, as it is called inside.
        kept: Folders that stay writable, such as caches.
    """
    script = [sys.executable, "-I", __file__, str(tmp), start, *map(str, kept)]
    return [*NAMESPACES, *script, "--", *NOBODY]


@cache
def works() -> bool:
    """Return whether this machine can: Linux from 5.12 on, where it allows user namespaces."""
    try:
        tried = [*command(Path(TMP), "/"), "true"]
        return not subprocess.run(tried, capture_output=True, check=False).returncode
    except OSError:  # there is no unshare
        return False


def main(arguments: list[str]) -> None:
    """Change what is mounted, and become the program."""
    end = arguments.index("--")
    tmp, start, *kept = arguments[:end]
    mount("", "/", MS_REC | MS_PRIVATE)
    set_attributes("/", AT_RECURSIVE, on=READ_ONLY)
    set_attributes("/proc", 0, off=READ_ONLY)  # for the second namespace
    for source, target in [*((each, each) for each in kept), (tmp, TMP)]:
        mount(source, target, MS_BIND)
        set_attributes(target, 0, off=READ_ONLY)
    os.chdir(start)
    os.execvp(arguments[end + 1], arguments[end + 1 :])  # noqa: S606 - no shell is wanted


def mount(source: str, target: str, flags: int) -> None:
    """Mount, or raise ``OSError``."""
    library = ctypes.CDLL(None, use_errno=True)
    if library.mount(source.encode(), target.encode(), None, ctypes.c_ulong(flags), None):
        raise OSError(ctypes.get_errno(), "cannot mount", target)


def set_attributes(path: str, flags: int, *, on: int = 0, off: int = 0) -> None:
    """Change the attributes of a mount, or raise ``OSError``."""
    library = ctypes.CDLL(None, use_errno=True)
    attributes = (ctypes.c_uint64 * 4)(on, off, 0, 0)
    size = ctypes.c_size_t(ctypes.sizeof(attributes))
    if library.syscall(MOUNT_SETATTR, AT_FDCWD, path.encode(), flags, attributes, size):
        raise OSError(ctypes.get_errno(), "cannot be made read-only, or writable", path)


if __name__ == "__main__":
    main(sys.argv[1:])
