"""How a statement of these is written."""

from collections.abc import Sequence
from typing import Any

from awacs.aws import Action, Allow, Condition, ConditionElement, Statement


def allow(
    sid: str, actions: Sequence[Action], resources: Sequence[Any], *conditions: ConditionElement
) -> Statement:
    """Allow actions on resources, under conditions of different operators if there are any."""
    statement = Statement(Sid=sid, Effect=Allow, Action=[*actions], Resource=[*resources])
    if conditions:
        statement.Condition = Condition([*conditions])
    return statement
