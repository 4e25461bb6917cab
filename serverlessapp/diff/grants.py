"""Grants, one by one, and which of them says all that another one says."""

import re
from dataclasses import dataclass
from functools import cache

ALLOW, DENY = "Allow", "Deny"
ALL_BUT = "all but "  # what NotAction and the like give: no pattern, but a phrase


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One key of a condition, or the condition of an ``Fn::If`` around a statement."""

    operator: str
    key: str
    values: frozenset[str]

    def covers(self, other: "Limit") -> bool:
        """Tell whether whatever meets the other one meets this one."""
        if (self.operator, self.key) != (other.operator, other.key):
            return False
        if "Not" in self.operator:
            return self.values <= other.values
        return other.values <= self.values


@dataclass(frozen=True)
class Grant:
    """One action for one principal on one resource. Patterns keep their wildcards.

    Attributes:
        effect: ``Allow`` or ``Deny``.
        source: The statement's ``Sid``, or what else gives it.
    """

    effect: str
    source: str
    action: str
    resource: str
    principal: str = "itself"
    limits: frozenset[Limit] = frozenset()

    def covers(self, other: "Grant") -> bool:
        """Tell whether this one says all that the other one says."""
        return (
            self.effect == other.effect
            and matches(self.action.lower(), other.action.lower())
            and matches(self.principal, other.principal)
            and matches(self.resource, other.resource)
            and all(any(mine.covers(its) for its in other.limits) for mine in self.limits)
        )


def matches(pattern: str, item: str) -> bool:
    """Tell whether a pattern with ``*`` and ``?`` covers a text, which may be one too.

    Of what says "all but", only ``*`` and the same words are known to cover it.
    """
    if pattern.startswith(ALL_BUT) or item.startswith(ALL_BUT):
        return pattern in ("*", item)
    return pattern == item or expression(pattern).fullmatch(item) is not None


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """Return a pattern as a regular expression; ``?`` does not stand for a ``*``."""
    parts = (".*" if c == "*" else "[^*]" if c == "?" else re.escape(c) for c in pattern)
    return re.compile("".join(parts), re.DOTALL)
