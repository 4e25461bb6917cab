"""What the exit code of a command means; docs/operations.md has the same table."""

from enum import IntEnum


class ExitCode(IntEnum):
    """An exit code. If several apply, the smallest but 0 is returned; diff returns 4 before 3."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "ExitCode":
        """Make a code that knows what it means."""
        code = int.__new__(cls, value)
        code._value_, code.meaning = value, meaning
        return code

    FINE = 0, "fine, or nothing to do"
    WRONG = 1, "something is wrong, or was not done"
    REFUSED = 2, "wrong usage, no confirmation, no such stack, or AWS refused"
    REVIEW = 3, "diff: wider access, a parameter removed, a resource replaced"
    DATA_AT_RISK = 4, "diff: a resource with data is replaced or removed"
    PARKED = 5, "messages are parked"
    MISSING = 6, "a file has no ledger entry"
    UNVERIFIABLE = 7, "something could not be verified"
    INTERRUPTED = 130, "interrupted"


OF_DIFF = (ExitCode.REVIEW, ExitCode.DATA_AT_RISK)


def table() -> str:
    """Return the codes of every command that does not have its own, as its help shows them."""
    lines = (f"{code} {code.meaning}" for code in ExitCode if code not in OF_DIFF)
    return "\nexit codes: " + "\n            ".join(lines)
