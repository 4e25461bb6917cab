"""What the exit code of a command means; docs/operations.md has the same table."""

from enum import IntEnum


class ExitCode(IntEnum):
    """An exit code. Where several apply, 1 comes first, and then the smaller one."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "ExitCode":
        """Make a code that knows what it means."""
        code = int.__new__(cls, value)
        code._value_, code.meaning = value, meaning
        return code

    FINE = 0, "fine, or nothing to do"
    WRONG = 1, "something is wrong, or left undone"
    REFUSED = 2, "wrong usage, nobody agreed, no such stack, or AWS refused"
    REVIEW = 3, "diff: wider access, a parameter gone, a resource replaced"
    DATA_AT_RISK = 4, "diff: a resource with data is replaced or removed"
    PARKED = 5, "something is parked"
    MISSING = 6, "a file has no entry in the ledger"
    UNVERIFIABLE = 7, "AWS did not let everything be verified"
    INTERRUPTED = 130, "interrupted"


OF_DIFF = (ExitCode.REVIEW, ExitCode.DATA_AT_RISK)


def table() -> str:
    """Return the codes of every command that does not have its own, as its help shows them."""
    lines = (f"{code} {code.meaning}" for code in ExitCode if code not in OF_DIFF)
    return "\nexit codes: " + "\n            ".join(lines)
