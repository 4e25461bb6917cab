"""Values of templates as members of calls: names, entries of maps, scalars."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.template.values import scalar
from tests.oracles.apis import ENTRIES

Parameters = dict[str, Any]
Path = tuple[str, ...]  # names of properties, without positions in lists


def parts(properties: Mapping[str, Any], targets: Mapping[str, str]) -> Iterator[tuple[Path, Any]]:
    """Yield each property, and those below one that have targets of their own."""
    for name, value in properties.items():
        below = [key.split(".")[1] for key in targets if key.startswith(f"{name}.")]
        if below and isinstance(value, dict):
            for key in below:
                if key in value:
                    yield (name, key), value[key]
            value = {key: item for key, item in value.items() if key not in below}
            if not value:
                continue
        yield (name,), value


def entries(value: Any) -> Iterator[tuple[str, Any, Path]]:
    """Yield keys and values of a map, and the names by which they are found in a template."""
    if isinstance(value, dict):
        yield from ((key, item, ()) for key, item in value.items())
        return
    for item in value:
        for key, other in ENTRIES.items():
            if item.keys() == {key, other}:
                yield scalar(item[key]), item[other], (other,)


def like(name: str, members: Mapping[str, Any]) -> str:
    """Return the member of this name, whatever its case; empty if there is none."""
    if name in members:
        return name
    return next((member for member in members if member.lower() == name.lower()), "")


def plain(value: Any, type_name: str) -> Any:
    """Return a scalar of a call, from what CloudFormation takes for one."""
    if isinstance(value, dict | list):  # policies, and other texts of JSON
        return json.dumps(value, separators=(",", ":")) if type_name == "string" else value
    text = scalar(value)
    match type_name:
        case "string":
            return text
        case "blob":
            return text.encode()
        case "boolean" if text in ("true", "false"):
            return text == "true"
        case "integer" | "long" | "float" | "double":
            try:
                return float(text) if type_name in ("float", "double") else int(text)
            except ValueError:
                return text
    return value


def merge(parameters: Parameters, more: Parameters) -> None:
    """Add members to parameters, also to structures in them."""
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(parameters.get(key), dict):
            merge(parameters[key], value)
        else:
            parameters[key] = value


def merged(parameters: Parameters, more: Parameters) -> Parameters:
    """Return both together."""
    result: Parameters = json_copy(parameters)
    merge(result, more)
    return result


def json_copy(value: Any) -> Any:
    """Return a copy of objects and lists; what is in them stays the same."""
    if isinstance(value, dict):
        return {key: json_copy(item) for key, item in value.items()}
    return [json_copy(item) for item in value] if isinstance(value, list) else value
