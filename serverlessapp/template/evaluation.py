"""What the values of a template are for a stack of which more or less is known."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from serverlessapp.template.formulas import combined, equals, negated
from serverlessapp.template.functions import FUNCTIONS
from serverlessapp.template.reading import DEEPEST, TRANSFORM, Json, Place, Template, TemplateError
from serverlessapp.template.values import (
    ABSENT,
    Choice,
    Formula,
    Items,
    Kind,
    Object,
    Unknown,
    canonical,
    is_scalar,
    joined,
    same,
    scalar,
)

VARIABLE = re.compile(r"\$\{([^}]*)\}")
DYNAMIC = re.compile(r"\{\{resolve:([^}]*)\}\}")
OF_A_LOOP = re.compile(r"[$&]\{")  # in a name: a variable of a loop that is not written out


@dataclass(frozen=True)
class Resource:
    """A resource that exists, or may."""

    title: str
    type: str  # empty where a macro gives it
    exists: Formula  # when it does; never False
    # What is written about it besides its condition, evaluated: Properties, DeletionPolicy ...
    # Under its own condition, so a choice by that is made.
    attributes: Mapping[str, Any]

    @property
    def properties(self) -> Object:
        """The properties; what a macro makes them of is under the macro's name."""
        written = self.attributes.get("Properties", Object())
        return written if isinstance(written, Object) else Object({TRANSFORM: written})


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """A template, and what is known of a stack; equal to itself alone, so it can be a cache's key.

    What is asked of it is a ``TemplateError`` where a function is written in a way that has no
    meaning.
    """

    template: Template
    # What Ref gives for parameters and pseudo parameters: texts and lists. See parameters.referred.
    # Left out is unknown. Likewise for resources, and for their attributes, as Title.Attribute.
    given: Mapping[str, Any] = field(default_factory=dict)
    decided: Mapping[str, bool] = field(default_factory=dict)  # conditions, whatever is given
    formulas: dict[str, Formula] = field(default_factory=dict, init=False, repr=False)
    asking: dict[str, None] = field(default_factory=dict, init=False, repr=False)  # names, in order

    def under(self, decided: Mapping[str, bool]) -> "Evaluation":
        """Return the same with more conditions decided."""
        return replace(self, decided={**self.decided, **decided})

    def resources(self) -> Iterator[Resource]:
        """Yield the resources that exist, or may; not those that a macro is yet to make."""
        yield from self._resources

    @cached_property
    def _resources(self) -> list[Resource]:
        resources = []
        for title, written in self.template.entries("Resources").items():
            exists, inside = self.where(written.get("Condition"))
            if exists is False:
                continue
            where = ("Resources", title)
            attributes = {
                key: inside.value(value, (*where, key))
                for key, value in written.items()
                if key not in ("Type", "Condition")
            }
            resources.append(Resource(title, written.get("Type", ""), exists, attributes))
        return resources

    def where(self, condition: str | None) -> tuple[Formula, "Evaluation"]:
        """Return when a condition holds, and what the template is where it does."""
        exists = True if condition is None else self.condition(condition)
        inside = self if isinstance(exists, bool) else self.under({str(condition): True})
        return exists, inside

    # Conditions

    def condition(self, node: Any) -> Formula:
        """Return when a name or an expression holds: True or False, or the formula that decides it.

        Raises:
            TemplateError: There is no such condition, it depends on itself, or is none.
        """
        if isinstance(node, str):
            return self.named(node)
        if isinstance(node, bool):
            return node
        call: tuple[str, Any] = function(node) or ("", None)
        name, argument = call
        try:
            match name:
                case "Condition":
                    return self.condition(argument)
                case "Fn::Equals":
                    return equals(*map(self.value, argument))
                case "Fn::Not":
                    (inner,) = argument
                    return negated(self.condition(inner))
                case "Fn::And" | "Fn::Or":
                    parts = map(self.condition, argument)
                    return combined(name.removeprefix("Fn::").lower(), list(parts))
                case "Fn::Contains":
                    texts, text = map(self.value, argument)
                    if isinstance(texts, list):
                        return combined("or", [equals(item, text) for item in texts])
                case "":
                    raise TypeError("not a condition")
        except (TypeError, ValueError) as error:
            raise TemplateError(f"cannot evaluate {shown(node)}: {error}") from error
        return ("free", canonical(self.value(node)))  # functions of rules, and what is to come

    def named(self, name: str) -> Formula:
        """Return when the condition of this name holds."""
        if name in self.decided:
            return self.decided[name]
        if name not in self.formulas:
            conditions = self.template.section("Conditions")
            if name in self.asking:
                path = " -> ".join(self.asking)
                raise TemplateError(f"condition {name} depends on itself: {path}")
            if name not in conditions and OF_A_LOOP.search(name):
                return ("free", name)
            if name not in conditions:
                raise TemplateError(f"condition {name} does not exist")
            if len(self.asking) > DEEPEST:
                raise TemplateError(f"more than {DEEPEST} conditions depend on each other")
            self.asking[name] = None
            try:
                self.formulas[name] = self.condition(conditions[name])
            finally:
                del self.asking[name]
        return self.formulas[name]

    # Values

    def value(self, node: Any, place: Place = ()) -> Any:
        """Return what a value is; objects and lists keep their place."""
        if isinstance(node, str):
            return dynamic(node)
        if isinstance(node, list):
            return Items.at(place, (self.value(item, (*place, n)) for n, item in enumerate(node)))
        if not isinstance(node, dict):
            return node
        if call := function(node):
            return self.result(*call, place)
        entries = ((key, self.value(item, (*place, key))) for key, item in node.items())
        return Object.at(place, entries)

    def result(self, name: str, argument: Any, place: Place) -> Any:
        """Return what a function gives."""
        if name == "Condition":  # only conditions call it so; elsewhere it is a key like others
            return Object.at(place, [(name, self.value(argument, (*place, name)))])
        try:
            match name:
                case "Ref":
                    return self.reference(argument)
                case "Fn::If":
                    condition, then, otherwise = argument
                    return self.choice(condition, then, otherwise, (*place, name))
                case "Fn::Sub":
                    return self.substitution(argument)
                case "Fn::FindInMap":
                    return self.lookup(*argument)
                case "Fn::GetAtt":
                    return self.attribute(argument)
            value = self.value(argument, (*place, name))
            if name == "Fn::GetAZs" and value == "":  # the same (its page in the reference)
                value = self.reference("AWS::Region")
            known = FUNCTIONS[name](value) if name in FUNCTIONS else None
        except (TypeError, ValueError, LookupError) as error:
            raise TemplateError(f"cannot evaluate {shown({name: argument})}: {error}") from error
        return Unknown(Kind.FUNCTION, canonical({name: value})) if known is None else known

    def choice(self, name: str, then: Any, otherwise: Any, place: Place) -> Any:
        """Return the branch that is taken, or both."""
        condition = self.condition(name)
        if isinstance(condition, bool):
            node = then if condition else otherwise
            return self.value(node, (*place, 1 if condition else 2))
        holds = self.under({name: True}).value(then, (*place, 1))
        fails = self.under({name: False}).value(otherwise, (*place, 2))
        if same(holds, fails):
            return holds
        if condition[0] in ("not", "or"):  # so that it does not matter which is written first
            return Choice(negated(condition), fails, holds)
        return Choice(condition, holds, fails)

    def reference(self, name: str) -> Any:
        """Return what ``Ref`` gives."""
        if not isinstance(name, str):
            raise TypeError("it takes a name")
        if name == "AWS::NoValue":
            return ABSENT
        if name in self.given:
            return self.given[name]
        if name in self.template.section("Parameters"):
            return Unknown(Kind.PARAMETER, name)
        return Unknown(Kind.PSEUDO if name.startswith("AWS::") else Kind.RESOURCE, name)

    def attribute(self, argument: Any) -> Any:
        """Return what ``Fn::GetAtt`` gives."""
        if isinstance(argument, str):
            argument = argument.split(".", 1)
        title, attribute = argument
        attribute = self.value(attribute)
        if isinstance(title, str) and isinstance(attribute, str):
            if (name := f"{title}.{attribute}") in self.given:
                return self.given[name]
            return Unknown(Kind.ATTRIBUTE, title, attribute)
        return Unknown(Kind.FUNCTION, canonical({"Fn::GetAtt": [title, attribute]}))

    def lookup(self, name: Any, row: Any, column: Any, extra: Any = None) -> Any:
        """Return the entry of a mapping, or all that it can be."""
        name, row, column = map(self.key, (name, row, column))
        mapping = self.template.section("Mappings").get(name) if isinstance(name, str) else None
        rest = [] if extra is None else [self.value(extra["DefaultValue"])]
        if isinstance(mapping, dict) and is_scalar(row) and is_scalar(column):
            columns = mapping.get(scalar(row), {})
            if scalar(column) in columns:
                return columns[scalar(column)]
            if rest:
                return rest[0]
            if not {TRANSFORM} & {*mapping, *columns}:
                raise LookupError(f"mapping {name} has no {scalar(row)}, {scalar(column)}")
        # What it can be instead of what it is called, so that only a change of that is one.
        rows: Any = mapping if isinstance(mapping, dict) else {}
        if is_scalar(row):
            rows = {scalar(row): rows.get(scalar(row))}
        if is_scalar(column):
            objects = {key: item for key, item in rows.items() if isinstance(item, dict)}
            rows = {key: item.get(scalar(column)) for key, item in objects.items()}
        asked = [row, column] if rows else [name, row, column]
        return Unknown(Kind.FUNCTION, canonical({"Fn::FindInMap": [rows, *asked, *rest]}))

    def key(self, node: Any) -> Any:
        """Return a name by which something is looked up."""
        name = self.value(node)
        is_unknown = isinstance(name, str) and OF_A_LOOP.search(name)
        return Unknown(Kind.FUNCTION, name) if is_unknown else name

    def substitution(self, argument: Any) -> Any:
        """Return the text that ``Fn::Sub`` gives."""
        text, given = argument if isinstance(argument, list) else (argument, {})
        parts: list[Any] = []
        end = 0
        for match in VARIABLE.finditer(text):
            parts += [text[end : match.start()], self.variable(match[1].strip(), given)]
            end = match.end()
        done = joined([*parts, text[end:]])
        return dynamic(done) if isinstance(done, str) else done

    def variable(self, name: str, given: Json) -> Any:
        """Return what a variable of ``Fn::Sub`` gives."""
        if name.startswith("!"):
            return f"${{{name[1:]}}}"
        if name in given:
            value = self.value(given[name])
        else:
            value = self.attribute(name) if "." in name else self.reference(name)
        if isinstance(value, dict | list):
            raise TypeError(f"{name} is not a string")
        return "" if value is ABSENT else value


def function(node: Any) -> tuple[str, Any] | None:
    """Return the name of a function that a node calls, and its argument."""
    if isinstance(node, dict) and len(node) == 1:
        ((name, argument),) = node.items()
        if name in ("Ref", "Condition") or (name.startswith("Fn::") and name.count("::") == 1):
            return name, argument
    return None


def dynamic(text: str) -> Any:
    """Return a text whose dynamic references are unknown."""
    if "{{resolve:" not in text:
        return text
    pieces = DYNAMIC.split(text)
    return joined(Unknown(Kind.DYNAMIC, p) if n % 2 else p for n, p in enumerate(pieces))


def shown(node: Any) -> str:
    """Return what is written, short enough for a message."""
    text = canonical(node)
    return text if len(text) <= 100 else f"{text[:100]}..."
