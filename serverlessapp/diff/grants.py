"""Grants, each a product of sets, and what of one others do not say already.

A grant says: each of its principals may do each of its actions with each of its resources. What
another grant covers of it is a product too, so one bit for each resource, for each principal and
action, is enough to know what is left.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
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
        if (self.operator, self.key.lower()) != (other.operator, other.key.lower()):
            return False
        if "Not" in self.operator:
            return self.values <= other.values
        return other.values <= self.values


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Each action for each principal on each resource. Patterns keep their wildcards.

    Attributes:
        effect: ``Allow`` or ``Deny``.
        source: The statement's ``Sid``, or what else gives it.
    """

    effect: str
    source: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("itself",)
    principals: tuple[str, ...] = ("itself",)
    limits: frozenset[Limit] = frozenset()

    def left_by(self, known: Iterable["Grant"]) -> Iterator["Grant"]:
        """Yield what of this none of the known grants says."""
        everything = (1 << len(self.resources)) - 1
        left = {
            (action, principal): everything
            for action in range(len(self.actions))
            for principal in range(len(self.principals))
        }
        for other in known:
            if all(any(theirs.covers(mine) for mine in self.limits) for theirs in other.limits):
                resources = sum(1 << index for index in covered(self.resources, other.resources))
                principals = covered(self.principals, other.principals)
                for action in covered(lower(self.actions), lower(other.actions)):
                    for principal in principals:
                        left[action, principal] &= ~resources
        by_action: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        for (action, principal), resources in left.items():
            if resources:
                by_action[action][resources].append(self.principals[principal])
        alike: dict[tuple[int, tuple[str, ...]], list[str]] = defaultdict(list)
        for action, rows in by_action.items():
            for bits, names in rows.items():
                alike[bits, tuple(names)].append(self.actions[action])
        for (bits, principals_left), actions in alike.items():
            yield replace(
                self,
                actions=tuple(actions),
                resources=tuple(r for index, r in enumerate(self.resources) if bits >> index & 1),
                principals=principals_left,
            )


def added(old: Iterable[Grant], new: Iterable[Grant], effect: str) -> list[Grant]:
    """Return what the new grants of this effect say and no old one does."""
    known = [grant for grant in old if grant.effect == effect]
    return [part for grant in new if grant.effect == effect for part in grant.left_by(known)]


def lower(items: Iterable[str]) -> tuple[str, ...]:
    """Return actions in lower case, in which they are the same."""
    return tuple(item.lower() for item in items)


def covered(items: tuple[str, ...], patterns: tuple[str, ...]) -> list[int]:
    """Return the indexes of the items that some pattern covers."""
    matcher = Matcher.of(patterns)
    return [index for index, item in enumerate(items) if matcher.covers(item)]


@dataclass(frozen=True)
class Matcher:
    """Patterns with ``*`` and ``?``, by what stands before their first wildcard."""

    texts: frozenset[str]
    heads: dict[str, list[re.Pattern[str]]]

    @staticmethod
    @cache
    def of(patterns: tuple[str, ...]) -> "Matcher":
        """Return the matcher of these patterns."""
        heads: dict[str, list[re.Pattern[str]]] = defaultdict(list)
        for pattern in patterns:
            head = re.split(r"[*?]", pattern, maxsplit=1)[0]
            if head != pattern and not pattern.startswith(ALL_BUT):
                heads[head].append(expression(pattern))
        return Matcher(frozenset(patterns), dict(heads))

    def covers(self, item: str) -> bool:
        """Tell whether a pattern covers a text, which may be one too.

        Of what says "all but", only ``*`` and the same words are known to cover it.
        """
        if item in self.texts or "*" in self.texts:
            return True
        return not item.startswith(ALL_BUT) and any(
            expression.fullmatch(item)
            for head, expressions in self.heads.items()
            if item.startswith(head)
            for expression in expressions
        )


def expression(pattern: str) -> re.Pattern[str]:
    """Return a pattern as a regular expression.

    ``?`` stands neither for a ``*`` nor for a hole, ``${Name}``. What is between two stars is
    taken where it comes first, for good (an atomic group): no pattern takes long.
    """
    first, *rest = (
        "".join("[^*$]" if character == "?" else re.escape(character) for character in part)
        for part in re.split(r"\*+", pattern)
    )
    inner: Collection[str] = [f"(?>.*?{part})" for part in rest[:-1]]
    last = f".*{rest[-1]}" if rest else ""
    return re.compile("".join((first, *inner, last)), re.DOTALL)
