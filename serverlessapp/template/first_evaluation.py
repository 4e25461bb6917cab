"""Templates as a stack has them: parameters, conditions and mappings put in where they are used.

With the values of a stack's parameters, this gives what that stack has. Without, definitions
take the place of names, so that a changed condition or mapping shows where it has an effect,
and a renamed one does not.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from serverlessapp.template.parameters import Json

NO_VALUE = {"Ref": "AWS::NoValue"}
VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One template, and what is known about the stack.

    Attributes:
        values: Values of parameters by name; empty when they are not known.
    """

    template: Json
    values: Mapping[str, str] = field(default_factory=dict)

    def resources(self) -> dict[str, dict[str, Any]]:
        """Return the resources that exist, evaluated.

        The key ``Condition`` is left where it cannot be told whether the resource exists.
        """
        existing = {}
        for logical_id, resource in self.template["Resources"].items():
            condition = resource.get("Condition")
            exists = self.condition(condition) if condition else True
            if exists is False:
                continue
            evaluated = {key: self.value(item) for key, item in resource.items()}
            evaluated.pop("Condition", None)
            if exists is not True:
                evaluated["Condition"] = exists
            existing[logical_id] = evaluated
        return existing

    def value(self, node: Any) -> Any:
        """Return a value with everything put in that is known."""
        if isinstance(node, list):
            items = (self.value(item) for item in node)
            return [item for item in items if item != NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref" and argument in self.values:
                return self.values[argument]
            if name == "Fn::If":
                return self.choice(*argument)
            if name == "Fn::FindInMap":
                return self.lookup(*(self.value(item) for item in argument[:3]))
            if name == "Fn::Sub":
                return self.substitution(argument)
            if name == "Fn::GetAtt" and isinstance(argument, str):
                return {name: argument.split(".", 1)}
        entries = {key: self.value(item) for key, item in node.items()}
        return {key: item for key, item in entries.items() if item != NO_VALUE}

    def choice(self, name: str, then: Any, otherwise: Any) -> Any:
        """Return the branch that is taken, or the choice with its condition spelled out."""
        condition = self.condition(name)
        if isinstance(condition, bool):
            return self.value(then if condition else otherwise)
        return {"Fn::If": [condition, self.value(then), self.value(otherwise)]}

    def lookup(self, name: Any, row: Any, column: Any) -> Any:
        """Return the entry of a mapping, or the lookup with all entries it can give."""
        mapping = self.template.get("Mappings", {}).get(name) if isinstance(name, str) else None
        if mapping is None:
            return {"Fn::FindInMap": [name, row, column]}
        if isinstance(row, str) and isinstance(column, str):
            return mapping.get(row, {}).get(column, {"Fn::FindInMap": [mapping, row, column]})
        if isinstance(row, str):
            return {"Fn::FindInMap": [mapping.get(row), row, column]}
        if isinstance(column, str):
            entries = {key: columns.get(column) for key, columns in mapping.items()}
            return {"Fn::FindInMap": [entries, row]}
        return {"Fn::FindInMap": [mapping, row, column]}

    def substitution(self, argument: Any) -> Any:
        """Return a text with the values that are known; other variables stay."""
        text, given = argument if isinstance(argument, list) else (argument, {})
        variables = {name: self.value(value) for name, value in given.items()}

        def known(match: re.Match[str]) -> str:
            value = variables.get(match[1], self.values.get(match[1]))
            return value if isinstance(value, str) else match[0]

        done = VARIABLE.sub(known, text)
        used = set(VARIABLE.findall(done))
        left = {name: value for name, value in variables.items() if name in used}
        if not used and "${" not in done:
            return done
        return {"Fn::Sub": [done, left] if left else done}

    def condition(self, expression: Any) -> Any:
        """Return True or False, or what cannot be decided, spelled out.

        Args:
            expression: A condition's name, or an expression of condition functions.
        """
        if isinstance(expression, str):
            return self.condition(self.template.get("Conditions", {}).get(expression, {}))
        if not isinstance(expression, dict) or len(expression) != 1:
            return expression
        ((name, argument),) = expression.items()
        if name == "Condition":
            return self.condition(argument)
        if name == "Fn::Equals":
            left, right = (self.value(item) for item in argument)
            if isinstance(left, dict | list) or isinstance(right, dict | list):
                return {name: sorted((left, right), key=json.dumps)}
            return str(left) == str(right)
        if name == "Fn::Not":
            (inner,) = (self.condition(item) for item in argument)
            return not inner if isinstance(inner, bool) else {name: [inner]}
        if name in ("Fn::And", "Fn::Or"):
            return self.combination(name, [self.condition(item) for item in argument])
        return self.value(expression)

    def combination(self, name: str, parts: list[Any]) -> Any:
        """Return what ``Fn::And`` or ``Fn::Or`` makes of its parts."""
        decisive = name == "Fn::Or"
        if decisive in parts:
            return decisive
        undecided = [part for part in parts if not isinstance(part, bool)]
        return {name: undecided} if undecided else not decisive


def carried(template: Json, values: Mapping[str, str], old_template: Json) -> dict[str, str]:
    """Return the parameters' values after an update that keeps those the stack has.

    A new parameter has its default; without one, its value is not known.
    """
    old, new = old_template.get("Parameters", {}), template.get("Parameters", {})
    kept = {name: values[name] for name in old.keys() & new.keys() & values.keys()}
    return {**defaults(template), **kept}


def defaults(template: Json) -> dict[str, str]:
    """Return the values of the parameters that have one without being given any."""
    return {
        name: str(definition["Default"])
        for name, definition in template.get("Parameters", {}).items()
        if "Default" in definition
    }
