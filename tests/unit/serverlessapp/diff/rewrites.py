"""Ways to write a template differently that make no difference to CloudFormation."""

from collections.abc import Callable
from random import Random
from typing import Any

TemplateDict = dict[str, Any]
Rewrite = Callable[[TemplateDict, Random], TemplateDict]


def everywhere(change: Callable[[Any], Any], node: Any) -> Any:
    """Return a node with a change made at each place, the innermost first."""
    if isinstance(node, dict):
        node = {key: everywhere(change, item) for key, item in node.items()}
    elif isinstance(node, list):
        node = [everywhere(change, item) for item in node]
    return change(node)


def call(node: Any, name: str) -> Any:
    """Return the argument of a function that a node calls; None if it does not."""
    return node[name] if isinstance(node, dict) and node.keys() == {name} else None


def shuffled(items: list[Any], random: Random) -> list[Any]:
    return random.sample(items, len(items))


def order_of_keys(template: TemplateDict, random: Random) -> TemplateDict:
    def change(node: Any) -> Any:
        return dict(shuffled(list(node.items()), random)) if isinstance(node, dict) else node

    return everywhere(change, template)  # type: ignore[no-any-return]


def scalars_as_texts(template: TemplateDict, random: Random) -> TemplateDict:
    def change(node: Any) -> Any:
        if isinstance(node, bool):
            return str(node).lower()
        return str(node) if isinstance(node, int) else node

    return everywhere(change, template)  # type: ignore[no-any-return]


def texts_as_scalars(template: TemplateDict, random: Random) -> TemplateDict:
    def change(node: Any) -> Any:
        if node in ("true", "false"):
            return node == "true"
        is_number = isinstance(node, str) and node.isdecimal() and str(int(node)) == node
        return int(node) if is_number else node

    return everywhere(change, template)  # type: ignore[no-any-return]


def operands(template: TemplateDict, random: Random) -> TemplateDict:
    def change(node: Any) -> Any:
        for name in ("Fn::And", "Fn::Or", "Fn::Equals"):
            if isinstance(argument := call(node, name), list):
                return {name: shuffled(argument, random)}
        return node

    conditions = everywhere(change, template.get("Conditions", {}))
    return {**template, "Conditions": conditions}


def names_of_conditions(template: TemplateDict, random: Random) -> TemplateDict:
    names = {name: f"{name}Renamed" for name in template.get("Conditions", {})}

    def change(node: Any) -> Any:
        if isinstance(argument := call(node, "Fn::If"), list):
            return {"Fn::If": [names[argument[0]], *argument[1:]]}
        if isinstance(node, dict) and node.get("Condition") in list(names):
            return {**node, "Condition": names[node["Condition"]]}
        return node

    changed = everywhere(change, template)
    conditions = changed.get("Conditions", {})
    return {**changed, "Conditions": {names[name]: item for name, item in conditions.items()}}


def branches(template: TemplateDict, random: Random) -> TemplateDict:
    opposite: TemplateDict = {}

    def change(node: Any) -> Any:
        if isinstance(argument := call(node, "Fn::If"), list):
            condition, then, otherwise = argument
            opposite[f"Not{condition}"] = {"Fn::Not": [{"Condition": condition}]}
            return {"Fn::If": [f"Not{condition}", otherwise, then]}
        return node

    changed = everywhere(change, template)
    return {**changed, "Conditions": {**changed.get("Conditions", {}), **opposite}}


def attributes(template: TemplateDict, random: Random) -> TemplateDict:
    def change(node: Any) -> Any:
        argument = call(node, "Fn::GetAtt")
        if isinstance(argument, str):
            return {"Fn::GetAtt": argument.split(".", 1)}
        if isinstance(argument, list) and all(isinstance(part, str) for part in argument):
            return {"Fn::GetAtt": ".".join(argument)}
        return node

    return everywhere(change, template)  # type: ignore[no-any-return]


def metadata(template: TemplateDict, random: Random) -> TemplateDict:
    resources = {
        name: {**resource, "Metadata": {"Why": [random.random(), {"Ref": "AWS::Region"}]}}
        if random.random() < 0.5
        else resource
        for name, resource in template["Resources"].items()
    }
    return {**template, "Metadata": {"Else": 1}, "Resources": resources}


def waiting(template: TemplateDict, random: Random) -> TemplateDict:
    def change(resource: Any) -> Any:
        waits_for = resource.get("DependsOn")
        if isinstance(waits_for, list) and len(waits_for) == 1 and random.random() < 0.5:
            return {**resource, "DependsOn": waits_for[0]}
        if isinstance(waits_for, list):
            return {**resource, "DependsOn": shuffled(waits_for, random)}
        return {**resource, "DependsOn": [waits_for]} if waits_for else resource

    changed = {name: change(resource) for name, resource in template["Resources"].items()}
    return {**template, "Resources": changed}


def allowed_values(template: TemplateDict, random: Random) -> TemplateDict:
    def change(node: Any) -> Any:
        if isinstance(node, dict) and isinstance(node.get("AllowedValues"), list):
            return {**node, "AllowedValues": shuffled(node["AllowedValues"], random)}
        return node

    return {**template, "Parameters": everywhere(change, template.get("Parameters", {}))}


def what_nothing_uses(template: TemplateDict, random: Random) -> TemplateDict:
    conditions, mappings = template.get("Conditions", {}), template.get("Mappings", {})
    return {
        **template,
        "Conditions": {**conditions, "Unused": {"Fn::Equals": [{"Ref": "AWS::Region"}, "x"]}},
        "Mappings": {**mappings, "Unused": {"a": {"b": "c"}}},
    }


def names_of_mappings(template: TemplateDict, random: Random) -> TemplateDict:
    def change(node: Any) -> Any:
        if isinstance(argument := call(node, "Fn::FindInMap"), list):
            return {"Fn::FindInMap": [f"{argument[0]}Renamed", *argument[1:]]}
        return node

    changed = everywhere(change, template)
    mappings = changed.get("Mappings", {})
    return {**changed, "Mappings": {f"{name}Renamed": item for name, item in mappings.items()}}


ALL: tuple[Rewrite, ...] = (
    order_of_keys,
    scalars_as_texts,
    texts_as_scalars,
    operands,
    names_of_conditions,
    branches,
    attributes,
    metadata,
    waiting,
    allowed_values,
    what_nothing_uses,
    names_of_mappings,
)
