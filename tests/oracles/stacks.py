"""The stacks that a template can make: at the limits of its parameters, in all situations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any

from serverlessapp.partitions import supported
from serverlessapp.template import published, schemas
from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.parameters import referred
from serverlessapp.template.reading import Template
from serverlessapp.template.references import of_template
from serverlessapp.template.situations import Situation
from serverlessapp.template.values import Object, Text, Unknown, canonical, scalar
from tests.oracles.texts import extremes

Values = Mapping[str, str]  # of parameters, and of AWS::Region and AWS::StackName

REGION, STACK_NAME = "AWS::Region", "AWS::StackName"
ACCOUNT = "123456789012"
GUID = "51af3dc0-da77-11e4-872e-1234567db123"
# CloudFormation API Reference, CreateStack, StackName.
NAMES = ("s", "S" + "-0aZ" * 31 + "-0a")
# How long names are that CloudFormation makes itself; a shorter one where a service wants that.
GENERATED = 63
# What decides which stacks there are; the same ones are chosen once.
SECTIONS = ("Parameters", "Conditions", "Rules")
KNOWN: dict[str, list[Values]] = {}


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
        return [scalar(definition["MinValue"]), scalar(definition["MaxValue"])]
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
        """Return stacks that are in each situation, and have each value at a limit."""
        deciding = {name: self.template.section(name) for name in SECTIONS}
        key = f"{self.limits[STACK_NAME]} {canonical(deciding)}"
        if key not in KNOWN:
            KNOWN[key] = self.chosen()
        return KNOWN[key]

    def chosen(self) -> list[Values]:
        """Choose the stacks."""
        chosen: list[Values] = []
        for first, last in self.by_situation.values():
            chosen += [self.with_rest(first, 0), self.with_rest(last, -1)]
        base = chosen[0]
        for name, values in self.limits.items():
            for value in values:
                if not any(stack[name] == value for stack in chosen):
                    chosen.append(self.one_with(name, value, base))
        return chosen

    @cached_property
    def deciding(self) -> list[str]:
        """The parameters that conditions and rules look at; the Region where conditions do."""
        used = {
            reference.target
            for reference in of_template(self.template)
            if reference.how == "Ref"
            and reference.place[0] in ("Conditions", "Rules")
            and (reference.target != REGION or reference.place[0] == "Conditions")
        }
        return [name for name in self.limits if name in used]

    @cached_property
    def choices(self) -> list[Values]:
        """What the deciding parameters can be together, as far as rules let them."""
        combinations = product(*(self.limits[name] for name in self.deciding))
        together = [dict(zip(self.deciding, values)) for values in combinations]
        return [values for values in together if self.is_let(values)]

    def is_let(self, values: Values) -> bool:
        """Tell whether the template's rules let a stack have these values."""
        evaluation = Evaluation(template=self.template, given=values)
        for rule in self.template.section("Rules").values():
            if evaluation.condition(rule.get("RuleCondition", True)) is True and not all(
                evaluation.condition(assertion["Assert"]) for assertion in rule["Assertions"]
            ):
                return False
        return True

    @cached_property
    def by_situation(self) -> dict[tuple[tuple[str, Any], ...], tuple[Values, Values]]:
        """For each situation that is reached, the first and the last choice that reaches it."""
        reached: dict[tuple[tuple[str, Any], ...], tuple[Values, Values]] = {}
        for values in self.choices:
            key = tuple(self.situation(values).items())
            reached[key] = (reached.get(key, (values, values))[0], values)
        return reached

    def situation(self, values: Values) -> Situation:
        """Return how the conditions turn out."""
        evaluation = Evaluation(template=self.template, given=values)
        return {name: evaluation.condition(name) for name in self.template.section("Conditions")}

    def with_rest(self, values: Values, index: int) -> Values:
        """Return a whole stack: what is not decided is at its smallest (0) or largest (-1)."""
        return {name: values.get(name, some[index]) for name, some in self.limits.items()}

    def one_with(self, name: str, value: str, base: Values) -> Values:
        """Return a stack that has a value at a limit."""
        if name not in self.deciding:
            return {**base, name: value}
        return {**base, **next(choice for choice in self.choices if choice[name] == value)}


class Stack:
    """A stack, with everything known; what only AWS can know is made up.

    Names are as CloudFormation makes them, and ARNs as they are published.
    """

    def __init__(self, template: Template, values: Values) -> None:
        self.region, self.name = values[REGION], values[STACK_NAME]
        stack_id = f"cloudformation:{self.region}:{ACCOUNT}:stack/{self.name}/{GUID}"
        texts = {name: text for name, text in values.items() if not name.startswith("AWS::")}
        given = referred(template.content, texts) | {
            REGION: self.region,
            STACK_NAME: self.name,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackId": f"arn:aws:{stack_id}",
        }
        evaluation = Evaluation(template=template, given=given)
        self.made = {resource.title: resource for resource in evaluation.resources()}

    def resources(self) -> Iterator[Resource]:
        """Yield its resources, with everything in them known."""
        for resource in self.made.values():
            attributes = {key: self.filled(value) for key, value in resource.attributes.items()}
            yield Resource(resource.title, resource.type, True, attributes)

    def filled(self, value: Any) -> Any:
        """Return a value with everything known.

        Raises:
            LookupError: Nobody says what something could be.
        """
        match value:
            case Unknown(_, name, attribute) if name in self.made:
                return self.attribute(
                    self.made[name], attribute or identifier(self.made[name].type)
                )
            case Text(parts):
                return "".join(scalar(self.filled(part)) for part in parts)
            case dict():
                return Object({key: self.filled(item) for key, item in value.items()})
            case list():
                return [self.filled(item) for item in value]
            case str() | int() | float():
                return value
        raise LookupError(f"what is {value}?")

    def names(self, resource: Resource) -> tuple[str, str]:
        """Return the physical name of a resource, and its ARN; empty where the type has none."""
        try:
            return self.name_of(resource), self.attribute(resource, "Arn")
        except LookupError:  # nobody publishes one
            return self.name_of(resource), ""

    def attribute(self, resource: Resource, attribute: str) -> str:
        """Return an attribute of a resource, from what its name says."""
        name = self.name_of(resource)
        if attribute.endswith("Arn") or resource.type == "AWS::SecretsManager::Secret":
            arn = published.arn_of(resource.type)
            fields = {"Partition": "aws", "Region": self.region, "Account": ACCOUNT}
            return re.sub(r"\$\{(\w+)\}", lambda match: fields.get(match[1], name), arn)
        if attribute.endswith("Url"):
            return f"https://sqs.{self.region}.amazonaws.com/{ACCOUNT}/{name}"
        return name

    def name_of(self, resource: Resource) -> str:
        """Return the physical name of a resource: its own, or one that CloudFormation makes."""
        kind = resource.type.rpartition("::")[2]
        given = resource.properties.get(f"{kind}Name", resource.properties.get("Name"))
        if given is not None:
            return scalar(self.filled(given))
        if identifier(resource.type).endswith("Id") and kind != "Secret":
            return GUID
        title = resource.title[:24]
        made = f"{self.name[: GENERATED - 14 - len(title)]}-{title}-1A2B3C4D5E6F"
        return made.lower() if kind == "Bucket" else made


def identifier(resource_type: str) -> str:
    """Return the attribute that ``Ref`` gives: what the published schema identifies by."""
    name: str = schemas.schema(resource_type)["primaryIdentifier"][0].rpartition("/")[2]
    return name
