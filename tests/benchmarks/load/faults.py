"""AWS on a bad day: any call may fail, in one of the ways that calls fail."""

import random
import threading

from local.faults import actions
from local.faults.exchange import Action, Exchange

# Some that the SDK's own retries bridge, some that only another delivery does.
WAYS: tuple[Action, ...] = (
    actions.error(503, "SlowDown"),
    actions.error(500, "InternalError"),
    actions.error(400, "ThrottlingException"),
    actions.error(403, "AccessDenied"),
    actions.reset,
    actions.reset_afterwards,
)
SEED = 20_261_123


def sometimes(share: float) -> Action:
    """Return the action that lets a share of the calls fail and forwards the others."""
    chance, lock = random.Random(SEED), threading.Lock()  # noqa: S311

    def act(exchange: Exchange) -> None:
        with lock:
            fails, way = chance.random() < share, chance.choice(WAYS)
        (way if fails else actions.forward)(exchange)

    return act
