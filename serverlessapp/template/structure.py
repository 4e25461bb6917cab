"""Whether a template has the structure that CloudFormation demands of any.

Source: CloudFormation User Guide, "CloudFormation template sections".
"""

from typing import Any

from serverlessapp.template.reading import Place, Template, TemplateError

# What a macro puts in place of itself, or repeats; nobody can see what that will be.
TRANSFORM = "Fn::Transform"
MACROS = (TRANSFORM, "Fn::ForEach::")
MARKS = ("Fn::Transform", "!Transform", "Fn::ForEach", "\\u", "\\U", "\\x")
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


def check(template: Template) -> None:
    """Refuse what is no template of CloudFormation.

    Raises:
        TemplateError: It has no resources, or something is not an object, a type or a text.
    """
    content = template.content
    if "Resources" not in content and not is_macro(content):
        raise TemplateError("it is no CloudFormation template: it has no Resources")
    for section, depth in SECTIONS.items():
        if content.get(section) is not None:
            check_objects(template, content[section], (section,), depth)
    for title, resource in template.section("Resources").items():
        place = ("Resources", title)
        if title.startswith(MACROS):
            continue
        if not isinstance(resource.get("Type", {} if TRANSFORM not in resource else ""), str):
            refuse(template, place, "has no Type")
        if not isinstance(resource.get("Properties", {}), dict):
            refuse(template, (*place, "Properties"), "is no object")
        if not isinstance(resource.get("Condition", ""), str):
            refuse(template, (*place, "Condition"), "is no condition's name")
    for name, rule in template.section("Rules").items():
        asserted = [] if name.startswith(MACROS) else rule.get("Assertions", [])
        if not isinstance(asserted, list) or not all(
            isinstance(item, dict) and "Assert" in item for item in asserted
        ):
            refuse(template, ("Rules", name, "Assertions"), "is no list of objects with Assert")
    for section in ("Outputs", "Rules"):
        for name, item in template.section(section).items():
            if not name.startswith(MACROS) and not isinstance(item.get("Condition", ""), str):
                refuse(template, (section, name, "Condition"), "is no condition's name")


def may_have_macros(template: Template) -> bool:
    """Tell whether a macro may be somewhere; quick, because most templates have none.

    Some of their letters may be escaped.
    """
    return not template.text or any(mark in template.text for mark in MARKS)


def check_objects(template: Template, value: Any, place: Place, depth: int) -> None:
    """Refuse what is no object, down to a depth."""
    if not isinstance(value, dict):
        refuse(template, place, "is no object")
    for key, item in value.items():
        if depth and not key.startswith(MACROS):
            check_objects(template, item, (*place, key), depth - 1)


def is_macro(value: Any) -> bool:
    """Tell whether an object has a key that a macro replaces."""
    return any(key.startswith(MACROS) for key in value)


def refuse(template: Template, place: Place, words: str) -> None:
    """Refuse a template.

    Raises:
        TemplateError: Always.
    """
    where = ".".join(map(str, place))
    line = template.line(place)
    raise TemplateError(f"{where} {words}{f', in line {line}' if line else ''}")
