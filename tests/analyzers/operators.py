"""Conditions that awacs would lose: of two entries of one operator, it keeps only the last."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from awacs.aws import Condition

from generators import command as application
from pipeline import templates as delivery


def repeated() -> list[str]:
    """Build every template and return what it would lose, before rendering hides it."""
    with watched() as lost:
        application.templates()
        delivery.templates()
    return lost


@contextmanager
def watched() -> Iterator[list[str]]:
    """Yield a list that gathers what is lost from each condition rendered meanwhile."""
    lost: list[str] = []
    render: Callable[[Condition], dict[str, Any]] = Condition.JSONrepr

    def checked(condition: Condition) -> dict[str, Any]:
        counts = Counter(element.condition for element in condition.conditions)
        for operator, count in counts.items():
            if count > 1:
                keys = [
                    key
                    for element in condition.conditions
                    for key in element.get_dict()
                    if element.condition == operator
                ]
                lost.append(f"{operator} is given {count} times, for {', '.join(keys)}")
        return render(condition)

    with patch.object(Condition, "JSONrepr", checked):
        yield lost
