"""The stacks that a template can make: at the limits of its parameters, in all situations."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import product
from typing import Any

from serverlessapp.partitions import supported
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.pipeline.delivery import pairwise_covering
from serverlessapp.template.reading import Template
from serverlessapp.template.references import of_template
from serverlessapp.template.situations import Situation
from serverlessapp.template.values import canonical, scalar
from tests.oracles.stack import ACCOUNT, ACCOUNT_ID, REGION, STACK_NAME, Values
from tests.oracles.texts import extremes

# CloudFormation API Reference, CreateStack, StackName.
NAMES = ("s", "S" + "-0aZ" * 31 + "-0a")
# What decides which stacks there are; the same ones are chosen once.
SECTIONS = ("Parameters", "Conditions", "Rules")
KNOWN: dict[str, list[Values]] = {}
MOST = 64  # situations of which each has stacks


def limits(template: Template, name: str, number: int) -> list[str]:
    """Return the values of a parameter at which something may go wrong, smaller ones first.

    Args:
        template: Where the parameter is defined; the Region counts as one.
        name: The parameter's.
        number: So that values of two parameters differ where they can.
    """
    if name == REGION:
        named = {text for text in literals(template.section("Conditions")) if text in supported()}
        return sorted({*named, "us-west-2", max(supported(), key=len)}, key=len)
    definition = template.section("Parameters")[name]
    if allowed := definition.get("AllowedValues"):
        return [scalar(value) for value in allowed]
    if definition["Type"] == "Number":
        numbers = (definition[each] for each in ("MinValue", "Default", "MaxValue"))
        return list(dict.fromkeys(scalar(number) for number in numbers))
    longest = {"longest": definition["MaxLength"]} if "MaxLength" in definition else {}
    texts = extremes(definition["AllowedPattern"], **longest, first=number)
    default = [definition["Default"]] if "Default" in definition else []
    return sorted({*texts, *default}, key=len)


def literals(node: Any) -> Iterator[str]:
    """Yield the texts in a value, at any depth."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from literals(item)


class Possible:
    """What a template's stacks can be."""

    def __init__(self, template: Template, names: Sequence[str] = NAMES) -> None:
        """Look at a template whose stacks can have these names, the shortest one first."""
        self.template = template
        parameters = [*template.section("Parameters"), REGION]
        self.limits = {name: limits(template, name, n) for n, name in enumerate(parameters)}
        self.limits[STACK_NAME] = list(names)

    def stacks(self) -> list[Values]:
        """Return stacks that are in each situation, and have each value at a limit.

        Of many situations, some in which any two conditions turn out in each way they can.
        """
        deciding = {name: self.template.section(name) for name in SECTIONS}
        key = f"{self.limits[STACK_NAME]} {canonical(deciding)}"
        if key not in KNOWN:
            KNOWN[key] = self.chosen()
        return KNOWN[key]

    def chosen(self) -> list[Values]:
        """Choose the stacks."""
        chosen: list[Values] = []
        ways = list(self.by_situation)
        if len(ways) > MOST:
            ways = [tuple(way.items()) for way in pairwise_covering([dict(way) for way in ways])]
        for first, last in (self.by_situation[way] for way in ways):
            chosen += [self.with_rest(first, 0), self.with_rest(last, -1)]
        base = chosen[0]
        for name, values in self.limits.items():
            for value in values:
                if not any(stack[name] == value for stack in chosen):
                    chosen.append(self.one_with(name, value, base))
        return chosen

    @cached_property
    def groups(self) -> list[set[str]]:
        """The parameters that decide together; the Region where conditions do.

        Those of different groups meet in no condition and no rule.
        """
        groups: list[set[str]] = []
        for section in ("Conditions", "Rules"):
            for title in self.template.section(section):
                names = self.deciding(section, title) & self.limits.keys()
                met = [group for group in groups if group & names]
                groups = [group for group in groups if group not in met]
                groups += [names.union(*met)] if names else []
        return groups

    def deciding(self, section: str, title: str) -> set[str]:
        """Return the parameters that a condition or a rule looks at."""
        names: set[str] = set()
        for reference in of_template(self.template):
            if reference.place[:2] == (section, title):
                if reference.how == "Condition":
                    names |= self.deciding("Conditions", reference.target)
                elif section == "Conditions" or reference.target != REGION:
                    names.add(reference.target)
        return names

    @cached_property
    def choices(self) -> list[list[Values]]:
        """What the deciding parameters of each group can be together, as far as rules let them."""
        return [
            [
                values
                for combination in product(*(self.limits[name] for name in ordered))
                if self.is_let(values := dict(zip(ordered, combination)))
            ]
            for group in self.groups
            for ordered in [[name for name in self.limits if name in group]]
        ]

    def is_let(self, values: Values) -> bool:
        """Tell whether the template's rules let a stack have these values."""
        evaluation = self.evaluation(values)
        for rule in self.template.section("Rules").values():
            if evaluation.condition(rule.get("RuleCondition", True)) is True and not all(
                evaluation.condition(assertion["Assert"]) for assertion in rule["Assertions"]
            ):
                return False
        return True

    @cached_property
    def by_situation(self) -> dict[tuple[tuple[str, Any], ...], tuple[Values, Values]]:
        """For each situation that is reached, the first and the last choice that reaches it."""
        by_group = []
        for choices in self.choices:
            reached: dict[str, tuple[Values, Values]] = {}
            for values in choices:
                key = str(self.situation(values))
                reached[key] = (reached.get(key, (values, values))[0], values)
            by_group.append(reached.values())
        whole: dict[tuple[tuple[str, Any], ...], tuple[Values, Values]] = {}
        for combination in product(*by_group):
            first: dict[str, str] = {}
            last: dict[str, str] = {}
            for ends in combination:
                first.update(ends[0])
                last.update(ends[1])
            whole[tuple(self.situation(first).items())] = (first, last)
        return whole

    def situation(self, values: Values) -> Situation:
        """Return how the conditions turn out."""
        evaluation = self.evaluation(values)
        return {name: evaluation.condition(name) for name in self.template.section("Conditions")}

    def evaluation(self, values: Values) -> Evaluation:
        """Return what is known of a stack by its values."""
        return Evaluation(template=self.template, given={**values, ACCOUNT_ID: ACCOUNT})

    def with_rest(self, values: Values, index: int) -> Values:
        """Return a whole stack: what is not decided is at its smallest (0) or largest (-1)."""
        return {name: values.get(name, some[index]) for name, some in self.limits.items()}

    def one_with(self, name: str, value: str, base: Values) -> Values:
        """Return a stack that has a value at a limit."""
        for choices in self.choices:
            if name in choices[0]:
                return {**base, **next(choice for choice in choices if choice[name] == value)}
        return {**base, name: value}
