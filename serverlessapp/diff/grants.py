"""Grants, each a product of sets, and what of one others do not say already.

A grant says: each of its principals may do each of its actions with each of its resources. What
another grant covers of it is a product too, so one bit for each resource, for each principal and
action, is enough to know what is left.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any

from serverlessapp.template.values import number

ALLOW, DENY = "Allow", "Deny"
IF_EXISTS = "IfExists"  # what makes a condition operator hold where there is no such key
LIKENED = re.compile("(?<=String)Equals|(?<=Arn)Equals")  # of which another one takes patterns
ALL_BUT = "all but "  # what NotAction and the like give: no pattern, but a phrase
SEPARATOR = ", "  # of what it excludes


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One key of a condition, or the condition of an ``Fn::If`` around a statement."""

    operator: str
    key: str
    values: frozenset[str]

    def covers(self, other: "Limit") -> bool:
        """Tell whether whatever meets the other one meets this one.

        Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
        """
        looser = {other.operator, f"{other.operator.removesuffix(IF_EXISTS)}{IF_EXISTS}"}
        looser |= {LIKENED.sub("Like", operator) for operator in looser}
        if self.operator not in looser or self.key.lower() != other.key.lower():
            return False
        inner, outer = self.values, other.values
        if "Not" not in self.operator:
            inner, outer = outer, inner
        return all(any(is_within(self.operator, one, whole) for whole in outer) for one in inner)


def is_within(operator: str, inner: str, outer: str) -> bool:
    """Tell whether a value of a condition says no more than another one."""
    if inner == outer:
        return True
    if "Arn" in operator:  # each of the six parts is compared on its own
        parts, patterns = inner.split(":", 5), outer.split(":", 5)
        return len(parts) == len(patterns) and all(
            covered((part,), (pattern,)) for part, pattern in zip(parts, patterns)
        )
    if "Like" in operator:
        return bool(covered((inner,), (outer,)))
    if "IpAddress" in operator:
        return includes(outer, inner)
    one, other = number(inner), number(outer)
    if one is None or other is None or "Than" not in operator:
        return False
    return one <= other if "LessThan" in operator else one >= other


def are_met(limits: Iterable[Limit], where: Iterable[Limit]) -> bool:
    """Tell whether limits say nothing beyond those where something is allowed anyway."""
    return all(any(limit.covers(other) for other in where) for limit in limits)


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Each action for each principal on each resource. Patterns keep their wildcards."""

    effect: str  # Allow or Deny
    source: str  # the statement's Sid, or what else gives it
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("itself",)
    principals: tuple[str, ...] = ("itself",)
    limits: frozenset[Limit] = frozenset()

    def left_by(self, known: Iterable["Grant"]) -> Iterator["Grant"]:
        """Return what of this none of the known grants says."""
        everything = (1 << len(self.resources)) - 1
        places = product(range(len(self.actions)), range(len(self.principals)))
        left = dict.fromkeys(places, everything)
        own = lower(self.actions)
        for other in known:
            actions = covered(own, lower(other.actions))
            if actions and are_met(other.limits, self.limits):
                resources = sum(1 << index for index in covered(self.resources, other.resources))
                principals = covered(self.principals, other.principals) if resources else ()
                for place in product(actions, principals):
                    left[place] &= ~resources
        return self.parts(left)

    def parts(self, left: Mapping[tuple[int, int], int]) -> Iterator["Grant"]:
        """Yield grants of these resources, as bits, for these actions and principals."""
        rows: dict[tuple[int, int], list[str]] = defaultdict(list)
        for (action, principal), bits in left.items():
            if bits:
                rows[action, bits].append(self.principals[principal])
        alike: dict[tuple[int, tuple[str, ...]], list[str]] = defaultdict(list)
        for (action, bits), principals in rows.items():
            alike[bits, tuple(principals)].append(self.actions[action])
        for (bits, names), actions in alike.items():
            resources = tuple(item for n, item in enumerate(self.resources) if bits >> n & 1)
            yield replace(self, actions=tuple(actions), resources=resources, principals=names)


def added(old: Iterable[Grant], new: Iterable[Grant], effect: str) -> list[Grant]:
    """Return what the new grants of this effect say and no old one does."""
    known = frozenset(grant for grant in old if grant.effect == effect)
    fresh = [grant for grant in new if grant.effect == effect and grant not in known]
    return [part for grant in fresh for part in grant.left_by(known)]


@cache
def lower(items: tuple[str, ...]) -> tuple[str, ...]:
    """Return actions in lower case, in which they are the same."""
    return tuple(item.lower() for item in items)


def covered(items: tuple[str, ...], patterns: tuple[str, ...]) -> list[int]:
    """Return the indexes of the items that some pattern with ``*`` and ``?`` covers.

    Items may be patterns too. What says "all but" is covered by ``*``, and by what excludes no
    more.
    """
    texts, wildcards = set(patterns), expression(patterns)
    return [
        index
        for index, item in enumerate(items)
        if item in texts
        or "*" in texts
        or (excludes(item, patterns) if item.startswith(ALL_BUT) else wildcards.fullmatch(item))
    ]


def excludes(phrase: str, patterns: Iterable[str]) -> bool:
    """Tell whether what says "all but" excludes all that one of the patterns does."""
    own, *others = (
        tuple(text.removeprefix(ALL_BUT).split(SEPARATOR))
        for text in (phrase, *patterns)
        if text.startswith(ALL_BUT)
    )
    return any(len(covered(other, own)) == len(other) for other in others)


@cache
def expression(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """Return those of the patterns that have wildcards as a regular expression.

    ``?`` stands neither for a ``*`` nor for a hole, ``${Name}``. What is between two stars is
    taken where it comes first, for good (an atomic group): no pattern takes long.
    """
    alternatives = []
    for pattern in patterns:
        if re.search(r"[*?]", pattern) and not pattern.startswith(ALL_BUT):
            first, *rest = (
                "".join("[^*$]" if letter == "?" else re.escape(letter) for letter in part)
                for part in re.split(r"\*+", pattern)
            )
            inner = "".join(f"(?>.*?{part})" for part in rest[:-1])
            alternatives.append(first + inner + (f".*{rest[-1]}" if rest else ""))
    return re.compile("|".join(alternatives) or "(?!)", re.DOTALL)


def includes(outer: str, inner: str) -> bool:
    """Tell whether a block of addresses is within another one."""
    one, other = block(outer), block(inner)
    return one is not None and type(one) is type(other) and other.subnet_of(one)


@cache
def block(text: str) -> Any:
    """Return a block of addresses; None if it is something else."""
    from ipaddress import ip_network  # takes time, and most templates have no such rules

    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None
