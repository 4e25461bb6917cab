"""What a run will make, and about what that costs."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from serverlessapp.template.reading import load
from tests.acceptance.tests import Test

PRICES = Path(__file__).with_name("prices.json")
HOURS_PER_MONTH = 730
HOURS = 1  # what each thing is charged at least; a run takes less
METRICS = 8  # custom metrics of an environment that processed files
METRIC = "custom metric"
# The only condition that decides about something with a price of its own.
KEY, KEY_PARAMETER, KEY_VALUE = "AWS::KMS::Key", "Encryption", "CustomerManaged"


def resources(tests: Iterable[Test]) -> Counter[str]:
    """Return how many resources of each type a run makes."""
    made: Counter[str] = Counter()
    for test in tests:
        content = load(test.template.read_bytes())
        kinds = Counter(resource["Type"] for resource in content["Resources"].values())
        if test.parameters.get(KEY_PARAMETER) != KEY_VALUE:
            del kinds[KEY]
        kinds[METRIC] = METRICS
        for kind, number in kinds.items():
            made[kind] += number * len(test.regions)
    return made


def estimate(made: Mapping[str, int]) -> float:
    """Return US dollars for what is paid by its existence.

    Requests, invocations and storage of a run come to fractions of a cent: a dozen small files per
    stack.
    """
    prices = json.loads(PRICES.read_text(encoding="utf-8"))["prices"]
    monthly = sum(prices[kind]["price"] * number for kind, number in made.items() if kind in prices)
    return float(monthly / HOURS_PER_MONTH * HOURS)
