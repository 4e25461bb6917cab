"""What AWS allows in a Region: ``quotas.toml``, and what an account has instead."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from serverlessapp.errors import OperatorError
from serverlessapp.partitions import supported

QUOTAS = Path(__file__).with_name("quotas.toml")
MOST = 1e12  # that the arithmetic is good for


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What AWS allows of something."""

    what: str
    value: float  # in every Region that is not in regions
    unit: str
    page: str  # title of AWS's guide, and of the page in it
    read: date
    adjustable: bool = False  # whether an account may have another
    note: str = ""
    regions: Mapping[str, float] = field(default_factory=dict)


@cache
def quotas() -> Mapping[str, Quota]:
    """Return all entries by their names."""
    content = tomllib.loads(QUOTAS.read_text(encoding="utf-8"))
    read = content.pop("read")
    return {name: Quota(**{"read": read, **entry}) for name, entry in content.items()}


def values(region: str, changed: Mapping[str, str] | None = None) -> dict[str, float]:
    """Return the value of each quota in a Region; ``changed``: what the account has, as typed.

    Raises:
        OperatorError: There is no such Region or quota, it is the same for everybody, or the
            value is none.
    """
    if region not in supported():
        raise OperatorError(f"unknown Region {region}: give one such as us-east-1")
    known = quotas()
    result = {name: float(each.regions.get(region, each.value)) for name, each in known.items()}
    for name, text in (changed or {}).items():
        if name not in known or not known[name].adjustable:
            why = "the same for every account" if name in known else "no quota"
            names = ", ".join(name for name, each in known.items() if each.adjustable)
            raise OperatorError(f"{name} is {why}; those that differ are {names}")
        try:
            result[name] = float(text)
        except ValueError:
            result[name] = math.nan
        if not 1 <= result[name] <= MOST:
            raise OperatorError(f"{name} must be a number from 1 to {MOST:g}, not {text}")
    return result
