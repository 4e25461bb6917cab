"""What goes into a stack under test, and when."""

from types import SimpleNamespace
from typing import Any

import pytest

from serverlessapp.processors.uploads import Uploads
from tests.acceptance.checks.files import await_announcements


@pytest.mark.parametrize(
    ("sources", "paused"),
    [(["notification"], []), (["notification", "eventbridge"], [330.0])],
)
def test_a_new_bucket_gets_time_if_eventbridge_has_to_hear_of_it(
    sources: list[Any], paused: list[float]
) -> None:
    lanes = [SimpleNamespace(uploads=Uploads(source=source)) for source in sources]
    stack: Any = SimpleNamespace(outputs=SimpleNamespace(lanes=lanes))
    pauses: list[float] = []
    await_announcements(stack, 330.0, pauses.append)
    assert pauses == paused
