"""What rules about statements of policies have in common."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from serverlessapp.rules.policies import arns
from serverlessapp.rules.rule import Mistake, Rule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.policies import PolicyKind, Statement, listed, statements
from serverlessapp.template.reading import Template
from serverlessapp.template.values import ABSENT, Choice, alternatives

Condition = tuple[str, str, Any]  # operator, key in lower case, value


@dataclass(frozen=True)
class Clause:
    """A statement, as rules look at it.

    Attributes:
        template: Where it is from: what it names is there.
    """

    statement: Statement
    template: Template

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
        for branch in branches(self.statement.content.get("Condition", {})):
            if isinstance(branch, dict):
                yield [
                    (operator, key.lower(), value)
                    for operator, tests in branch.items()
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
    """A rule about each statement by itself; ``objections`` is what a subclass has."""

    def mistakes(self, evaluation: Evaluation) -> Iterator[Mistake]:
        """Yield what is wrong, each at its statement."""
        for clause in clauses(evaluation):
            statement = clause.statement
            place = getattr(statement.content, "place", None) or statement.place
            name = f"{statement.sid}: " if statement.sid else ""
            for words in self.objections(clause):
                yield Mistake(place, name + words)

    def objections(self, clause: Clause) -> Iterator[str]:
        """Yield what is wrong with a statement."""
        raise NotImplementedError


@lru_cache(maxsize=1)
def clauses(evaluation: Evaluation) -> list[Clause]:
    """Return every statement of every policy.

    Raises:
        TemplateError: The template cannot be understood.
    """
    return [
        Clause(statement, evaluation.template)
        for resource in evaluation.resources()
        for statement in statements(resource)
    ]


def branches(value: Any) -> Iterator[Any]:
    """Yield each value that a choice can give; an empty object where it gives nothing."""
    if isinstance(value, Choice):
        yield from branches(value.then)
        yield from branches(value.otherwise)
    else:
        yield {} if value is ABSENT else value
