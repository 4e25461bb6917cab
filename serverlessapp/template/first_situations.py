"""The situations a template can be launched in: each combination of its conditions."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from serverlessapp.template.first_evaluation import Evaluation
from serverlessapp.template.parameters import EXAMPLES, Json, ModelError, accepts

REGION = "AWS::Region"
MOST = 4096  # combinations looked at, before those in which the same conditions hold are left out


def situations(template: Json, values: Mapping[str, str]) -> list[dict[str, str]]:
    """Return values for the parameters, once for each Region and way the conditions can turn out.

    Args:
        template: The template.
        values: Of all parameters and of ``AWS::Region``; used where no condition asks.

    Raises:
        ModelError: There are too many combinations.
    """
    asked = comparisons(template.get("Conditions", {}))
    choices = {
        name: list(options(template, name, values[name], literals))
        for name, literals in asked.items()
        if name in values
    }
    count = 1
    for alternatives in choices.values():
        count *= len(alternatives)
    if count > MOST:
        raise ModelError(f"{count} combinations of parameters; fix some with --parameter")
    distinct: dict[tuple[Any, ...], dict[str, str]] = {}
    for combination in product(*choices.values()):
        situation = {**values, **dict(zip(choices, combination))}
        distinct.setdefault((situation[REGION], *outcomes(template, situation)), situation)
    return list(distinct.values())


def outcomes(template: Json, situation: Mapping[str, str]) -> list[Any]:
    """Return how each condition turns out."""
    evaluation = Evaluation(template=template, values=situation)
    return [evaluation.condition(name) for name in sorted(template.get("Conditions", {}))]


def options(template: Json, name: str, value: str, literals: set[str]) -> Iterator[str]:
    """Yield values of a parameter that make a difference to what it is compared with."""
    definition = template.get("Parameters", {}).get(name, {})
    candidates = [value, *sorted(literals), *map(str, definition.get("AllowedValues", []))]
    if literals.issuperset(candidates) and name != REGION:
        another = [item for item in EXAMPLES if item not in literals]
        candidates += [item for item in another if accepts(definition, item)][:1]
    yield from dict.fromkeys(item for item in candidates if accepts(definition, item))


def comparisons(node: Any) -> dict[str, set[str]]:
    """Return, for each parameter a condition asks for, the texts it is compared with."""
    by_parameter: dict[str, set[str]] = {}
    for names, literals in equalities(node):
        for name in names:
            by_parameter.setdefault(name, set()).update(literals)
    return by_parameter


def equalities(node: Any) -> Iterator[tuple[set[str], set[str]]]:
    """Yield the names and the texts of each comparison."""
    if isinstance(node, list):
        for item in node:
            yield from equalities(item)
    elif isinstance(node, dict):
        for key, item in node.items():
            if key == "Fn::Equals":
                yield (
                    set(references(item)),
                    {operand for operand in item if isinstance(operand, str)},
                )
            else:
                yield from equalities(item)


def references(node: Any) -> Iterator[str]:
    """Yield what a value refers to."""
    if isinstance(node, list):
        for item in node:
            yield from references(item)
    elif isinstance(node, dict):
        for key, item in node.items():
            if key == "Ref":
                yield item
            elif key == "Fn::Sub":
                text = item[0] if isinstance(item, list) else item
                yield from re.findall(r"\$\{([^!}]+)\}", text)
            else:
                yield from references(item)
