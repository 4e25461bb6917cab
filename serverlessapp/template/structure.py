"""Whether a template has the structure that CloudFormation demands of any.

Source: CloudFormation User Guide, "CloudFormation template sections".
"""

from typing import Any

from serverlessapp.template.reading import MACROS, TRANSFORM, Place, Template, TemplateError, called

# How deep the objects of a section are, besides the section itself.
SECTIONS = {
    "Conditions": 0,
    "Mappings": 2,
    "Metadata": 0,
    "Outputs": 1,
    "Parameters": 1,
    "Resources": 1,
    "Rules": 1,
}


def check(template: Template) -> Template:
    """Return a template; refuse what is none of CloudFormation.

    Raises:
        TemplateError: It has no resources, or something is not an object, a type or a text.
    """
    content = template.content
    if "Resources" not in content and not any(key.startswith(MACROS) for key in content):
        words = "it is not a CloudFormation template: it has no Resources"
        raise TemplateError(called(template.name, words))
    for section, depth in SECTIONS.items():
        if content.get(section) is not None:
            check_objects(template, content[section], (section,), depth)
    for title, resource in template.entries("Resources").items():
        place = ("Resources", title)
        if not isinstance(resource.get("Type", {} if TRANSFORM not in resource else ""), str):
            refuse(template, place, "has no Type")
        if not isinstance(resource.get("Properties", {}), dict):
            refuse(template, (*place, "Properties"), "must be an object")
    for name, rule in template.entries("Rules").items():
        asserted = rule.get("Assertions", [])
        if not isinstance(asserted, list) or not all(
            isinstance(item, dict) and "Assert" in item for item in asserted
        ):
            refuse(template, ("Rules", name, "Assertions"), "must be a list of objects with Assert")
    for section in ("Resources", "Outputs", "Rules"):
        for name, item in template.entries(section).items():
            if not isinstance(item.get("Condition", ""), str):
                refuse(template, (section, name, "Condition"), "must be the name of a condition")
    return template


def check_objects(template: Template, value: Any, place: Place, depth: int) -> None:
    """Refuse what is no object, down to a depth."""
    if not isinstance(value, dict):
        refuse(template, place, "must be an object")
    for key, item in value.items():
        if depth and not key.startswith(MACROS):
            check_objects(template, item, (*place, key), depth - 1)


def refuse(template: Template, place: Place, words: str) -> None:
    """Refuse a template."""
    where = ".".join(map(str, place))
    line = template.line(place)
    message = f"{where} {words}{f', in line {line}' if line else ''}"
    raise TemplateError(called(template.name, message))
