"""Which statement decided: ministack's evaluator tells its caller, and nobody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from local.replacements import around

# The evaluations behind the decision that is being made, in order.
_evaluations: ContextVar[list[Any] | None] = ContextVar("evaluations", default=None)


@contextmanager
def evaluations() -> Iterator[list[Any]]:
    """Collect the evaluations made inside the block."""
    made: list[Any] = []
    token = _evaluations.set(made)
    try:
        yield made
    finally:
        _evaluations.reset(token)


def decisive(made: list[Any], allowed: bool, *, both: bool = False) -> tuple[str, str]:
    """Return the Sid that decided, and whether an identity or a resource policy has it.

    Args:
        made: The evaluations: the identity policies first, then the resource's, at last those
            of the resource's statements that name the caller.
        allowed: What came of it.
        both: Whether the resource's policy had to allow as well, as a key's must: then it is the
            one to name.
    """
    wanted = "Allow" if allowed else "Deny"
    deciding = [each for each in enumerate(made) if each[1].decision == wanted]
    if not deciding:
        return "", ""
    number, result = deciding[-1 if both or deciding[0][0] else 0]
    return result.matched_sid, "resource" if number else "identity"


@around("core.iam_evaluator", "evaluate")
def observed(evaluate: Callable[..., Any], *arguments: Any) -> Any:
    """Evaluate policies, and note the result for whoever collects."""
    result = evaluate(*arguments)
    made = _evaluations.get()
    if made is not None:
        made.append(result)
    return result
