"""No policy loses a condition: of two entries of one operator, awacs keeps only the last."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from awacs.aws import Bool, Condition, StringEquals

from generators import command as application
from pipeline import templates as delivery


@contextmanager
def watched() -> Iterator[list[str]]:
    """Yield a list that gathers what is lost from each condition rendered meanwhile."""
    lost: list[str] = []
    render = Condition.JSONrepr

    def checked(condition: Condition) -> dict[str, object]:
        counts = Counter(element.condition for element in condition.conditions)
        lost.extend(operator for operator, count in counts.items() if count > 1)
        return render(condition)

    with patch.object(Condition, "JSONrepr", checked):
        yield lost


def test_awacs_loses_no_condition() -> None:
    with watched() as lost:
        application.templates()
        delivery.templates()
    assert not lost


def test_a_condition_that_awacs_loses() -> None:
    account, prefix = StringEquals({"aws:SourceAccount": "1"}), StringEquals({"s3:prefix": "a"})
    with watched() as lost:
        Condition([account, Bool({"aws:SecureTransport": "true"})]).JSONrepr()
        assert not lost
        Condition([account, prefix]).JSONrepr()
    assert lost == ["StringEquals"]
