"""Where the time went."""

import pytest

from local.pipeline.record import ActionRecord, ExecutionRecord, PushRecord, StageRecord


def action(provider: str, began: float, seconds: float) -> ActionRecord:
    return ActionRecord(
        stage="s", name="a", region="r", provider=provider, began=began, seconds=seconds
    )


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], 0),
        ([(1, 2)], 2),
        ([(1, 2), (4, 3)], 5),
        ([(1, 5), (2, 1)], 5),
        ([(1, 5), (2, 6)], 7),
        ([(2, 6), (1, 5)], 7),
    ],
)
def test_what_ran_at_the_same_time_is_counted_once(
    spans: list[tuple[float, float]], expected: float
) -> None:
    actions = [action("CodeBuild", *span) for span in spans]
    stage = StageRecord(name="s", actions=[*actions, action("Manual", 0, 100)])
    record = PushRecord(executions=[ExecutionRecord(id="x", stages=[stage])])
    assert record.seconds_with("CodeBuild") == expected
