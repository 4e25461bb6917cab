"""What rules about statements of policies have in common."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from serverlessapp.rules.policies import arns
from serverlessapp.rules.rule import Mistake, Rule, rule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.policies import PolicyKind, Statement, listed, statements
from serverlessapp.template.reading import Template
from serverlessapp.template.values import ABSENT, alternatives, options

IAM_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"

Condition = tuple[str, str, Any]  # operator, key in lower case, value


@dataclass(frozen=True)
class Clause:
    """A statement, as rules look at it."""

    statement: Statement
    template: Template  # has what the statement names

    @property
    def allows(self) -> bool:
        """Whether it allows something, rather than denying it."""
        return bool(self.statement.content["Effect"] == "Allow")

    @property
    def grants(self) -> bool:
        """Whether it allows something to the holder of the policy."""
        return self.allows and self.statement.kind is PolicyKind.IDENTITY

    @cached_property
    def actions(self) -> list[str]:
        """The actions it names, as far as they are known."""
        return [text for text, _ in self.statement.listed("Action") if isinstance(text, str)]

    def has(self, element: str) -> bool:
        """Tell whether it has an element such as ``NotAction``."""
        return element in self.statement.content

    def texts(self, element: str) -> set[str]:
        """Return the texts that the items of an element can be; ``*`` for what is unknown."""
        return set(arns.texts(self.template, self.statement.content.get(element, [])))

    def conditions(self) -> Iterator[list[Condition]]:
        """Yield what has to hold for it, for each way in which its ``Condition`` can turn out.

        Nothing where only a stack knows it.
        """
        for branch, _ in options(self.statement.content.get("Condition", ABSENT)):
            if branch is ABSENT or isinstance(branch, dict):
                yield [
                    (operator, key.lower(), value)
                    for operator, tests in ({} if branch is ABSENT else branch).items()
                    for test, _ in alternatives(tests)
                    if isinstance(test, dict)
                    for key, value in test.items()
                ]

    def principals(self, kind: str) -> Iterator[Any]:
        """Yield the principals of a kind such as ``AWS`` or ``Service``; everybody is ``*``."""
        for principal, _ in alternatives(self.statement.content.get("Principal", {})):
            if principal == "*":
                yield principal
            elif isinstance(principal, dict):
                for named, _ in listed(principal.get(kind, [])):
                    yield named


class StatementRule(Rule):
    """A rule about each statement by itself; its function yields what is wrong with one."""

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield what is wrong, each at its statement."""
        for clause in clauses(evaluation):
            statement = clause.statement
            place = getattr(statement.content, "place", None) or statement.place
            name = f"{statement.sid}: " if statement.sid else ""
            for words in self.check(clause):
                yield Mistake(place, name + words)


def statement_rule(
    rule_id: str, source_url: str
) -> Callable[[Callable[[Clause], Iterator[str]]], type[Rule]]:
    """Return what makes a rule of a function that looks at one statement."""
    return rule(rule_id, source_url, StatementRule)


@lru_cache(maxsize=1)
def clauses(evaluation: Evaluation) -> list[Clause]:
    """Return every statement of every policy."""
    return [
        Clause(statement, evaluation.template)
        for resource in evaluation.resources()
        for statement in statements(resource)
    ]
