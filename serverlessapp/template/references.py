"""What refers to what, and where."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from serverlessapp.template.evaluation import VARIABLE, Evaluation, function
from serverlessapp.template.reading import Place, Template

Guards = tuple[tuple[str, bool], ...]  # names of conditions, and whether each holds

SECTIONS = ("Conditions", "Rules", "Resources", "Outputs")


@dataclass(frozen=True)
class Reference:
    """One reference."""

    place: Place
    how: str  # Ref, Fn::GetAtt, Fn::Sub, DependsOn, Condition or Fn::FindInMap
    target: str  # logical ID, or the name of a parameter, condition or mapping
    attribute: str = ""  # of a resource; ? where it is computed
    guards: Guards = ()  # branches of Fn::If around it; the condition of its resource or output

    def may_be(self, evaluation: Evaluation) -> bool:
        """Tell whether it is in branches that may be taken."""
        return all(evaluation.condition(name) is not (not holds) for name, holds in self.guards)


def of_template(template: Template) -> Iterator[Reference]:
    """Yield every reference of a template."""
    for section in SECTIONS:
        for title, item in template.section(section).items():
            yield from of_item(item, (section, title))


def of_item(item: Any, place: Place) -> Iterator[Reference]:
    """Yield every reference of a resource, output, condition or rule."""
    if place[0] not in ("Resources", "Outputs") or not isinstance(item, dict):
        yield from references(item, place)
        return
    guards: Guards = ()
    if isinstance(condition := item.get("Condition"), str):
        yield Reference((*place, "Condition"), "Condition", condition)
        guards = ((condition, True),)
    waits_for = item.get("DependsOn", [])
    for title in waits_for if isinstance(waits_for, list) else [waits_for]:
        if isinstance(title, str):
            yield Reference((*place, "DependsOn"), "DependsOn", title, "", guards)
    for key, value in item.items():
        if key not in ("Condition", "DependsOn"):
            yield from references(value, (*place, key), guards)


def references(node: Any, place: Place = (), guards: Guards = ()) -> Iterator[Reference]:
    """Yield every reference at any depth of a value that is written, not evaluated."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from references(item, (*place, index), guards)
    elif call := function(node):
        yield from of_function(*call, place, guards)
    elif isinstance(node, dict):
        for key, item in node.items():
            yield from references(item, (*place, key), guards)


def of_function(name: str, argument: Any, place: Place, guards: Guards) -> Iterator[Reference]:
    """Yield the references of a function and of its arguments."""
    place = (*place, name)
    match name, argument:
        case ("Ref" | "Condition", str()):
            yield Reference(place, name, argument, "", guards)
        case ("Fn::GetAtt", str()):
            title, _, attribute = argument.partition(".")
            yield Reference(place, name, title, attribute, guards)
        case ("Fn::GetAtt", [str() as title, attribute]):
            is_known = isinstance(attribute, str)
            yield Reference(place, name, title, attribute if is_known else "?", guards)
            yield from references(attribute, (*place, 1), guards)
        case ("Fn::Sub", str()):
            yield from of_text(argument, {}, place, guards)
        case ("Fn::Sub", [str() as text, dict() as given]):
            yield from of_text(text, given, (*place, 0), guards)
            yield from references(given, (*place, 1), guards)
        case ("Fn::If", [str() as condition, then, otherwise]):
            yield Reference((*place, 0), "Condition", condition, "", guards)
            yield from references(then, (*place, 1), (*guards, (condition, True)))
            yield from references(otherwise, (*place, 2), (*guards, (condition, False)))
        case ("Fn::FindInMap", [str() as mapping, *_]):
            yield Reference((*place, 0), name, mapping, "", guards)
            yield from references(argument, place, guards)
        case _:
            yield from references(argument, place, guards)


def of_text(text: str, given: Any, place: Place, guards: Guards) -> Iterator[Reference]:
    """Yield the references of the text of ``Fn::Sub``."""
    for variable in map(str.strip, VARIABLE.findall(text)):
        if variable not in given and not variable.startswith("!"):
            title, _, attribute = variable.partition(".")
            yield Reference(place, "Fn::Sub", title, attribute, guards)
