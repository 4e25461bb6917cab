"""Everything one run gave."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from tests.benchmarks.handler import cost, targets
from tests.benchmarks.handler.calls import Measured, Situation
from tests.benchmarks.results import Result
from tests.benchmarks.targets import Verdict

SLOW = {files: Situation(files, targets.DELAY_MS) for files in (1, 10)}


@dataclass(frozen=True)
class Figures:
    """What was measured, and what follows."""

    warm: Measured
    cold: Mapping[str, Result]

    @cached_property
    def costs(self) -> dict[str, cost.Cost]:
        """Dollars for a million files, by price, of each way to run them.

        S3 invokes the conventional function for each file. Ours gets batches from its queue:
        full ones where many files arrive, of one where few do.
        """
        prices = cost.price_list()["prices"]
        used = {
            "conventional": cost.quantities(
                self.warm["conventional"][SLOW[1]], files=1, queued=False
            ),
            "ours, batches of 10": cost.quantities(self.warm["ours"][SLOW[10]], 10, queued=True),
            "ours, batches of 1": cost.quantities(self.warm["ours"][SLOW[1]], 1, queued=True),
        }
        return {way: cost.dollars(quantities, prices) for way, quantities in used.items()}

    @cached_property
    def verdicts(self) -> list[Verdict]:
        """What is reached."""
        costs = self.costs["ours, batches of 10"], self.costs["conventional"]
        return [
            *targets.judge(self.warm, self.cold["ours"], self.cold["conventional"]),
            targets.cheaper(*costs),
        ]

    def document(self) -> dict[str, Any]:
        """Return every measurement, so that others can calculate for themselves."""
        return {
            "warm": [
                {"handler": name, **asdict(situation), **calls.document()}
                for name, situations in self.warm.items()
                for situation, calls in situations.items()
            ],
            "cold": {name: asdict(result) for name, result in self.cold.items()},
            "dollars_for_a_million_files": self.costs,
            "prices": cost.price_list(),
            "targets": [asdict(verdict) for verdict in self.verdicts],
        }
