"""What no oracle has exercised, and what they know little of; ``docs/oracles.md`` lists both."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from serverlessapp.template.evaluation import Resource
from tests.oracles import checks, quotas
from tests.oracles.calls import Made, member, shape
from tests.oracles.members import Path
from tests.oracles.oracle import makings
from tests.oracles.stack import StackAtLimit
from tests.oracles.templates import ROOT, TEMPLATES, possible

OPTION = "--write-oracles"
PAGE = ROOT / "docs/oracles.md"
PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
BOUNDS = {"enum", "pattern", "min", "max"}  # in a model


def page() -> str:
    """Return the page as it should be."""
    parts = {
        "unexercised": [f"| `{kind}` | `{name}` |" for kind, name in sorted(unexercised())],
        "loose": [f"- `{place}`" for place in sorted(loose())],
    }
    return PART.sub(
        lambda part: "\n".join([part[1] + head(part[2]), *parts[part[2]], part[3]]),
        PAGE.read_text(encoding="utf-8"),
    )


def head(name: str) -> str:
    """Return what comes before the rows of a part."""
    return "| type | property |\n| --- | --- |" if name == "unexercised" else ""


def unexercised() -> set[tuple[str, str]]:
    """Return types and properties that are in no call, in any stack."""
    left: set[tuple[str, str]] = set()
    for resource, result in results():
        paths = set(names(resource.properties, result.whole)) - result.mapped
        left |= {(resource.type, ".".join(path)) for path in paths}
    return left


def places() -> set[str]:
    """Return every place of a value in a call: operation, and names of members."""
    return {
        place
        for _, result in results()
        for call in result.calls
        for place, _ in quotas.leaves(call.parameters, call.operation)
    }


def loose() -> set[str]:
    """Return the places of which model and tables know the type and nothing more."""
    bounded = {f"{operation}.{name}" for operation, name, _ in quotas.LENGTHS}
    bounded |= quotas.PATTERNS.keys()
    bounded |= {f"sqs.CreateQueue.Attributes.{name}" for name in checks.QUEUE_RANGES}
    return {generic(place) for place in places() - bounded if is_loose(place)}


def is_loose(place: str) -> bool:
    """Tell whether a model bounds a value by its type alone."""
    known = at(place)
    return not BOUNDS & known.metadata.keys() and known.type_name != "boolean"


@cache
def at(place: str) -> Any:
    """Return the shape at a place."""
    service, operation, *names = place.split(".")
    known = shape(service, operation)
    for name in names:
        known = member(known, [name.rstrip("[]")])
        for _ in range(name.count("[]")):
            known = known.member
    return known


def generic(place: str) -> str:
    """Return a place with ``*`` for keys of a map that anybody may choose."""
    above, _, _ = place.rpartition(".")
    known = at(above) if above.count(".") > 1 else None
    is_free = known is not None and known.type_name == "map" and "enum" not in known.key.metadata
    return f"{above}.*" if is_free else place


@cache
def results() -> list[tuple[Resource, Made]]:
    """Return the resources of all stacks of all templates, and what becomes of each."""
    return [
        making
        for name, template in TEMPLATES.items()
        for values in possible(name).stacks()
        for making in makings(StackAtLimit(template, values))
    ]


def names(value: Any, whole: set[Path], above: Path = ()) -> Iterator[Path]:
    """Yield the names that lead to each value; what is a text or a map in a call is one value."""
    if isinstance(value, dict) and above not in whole:
        for name, item in value.items():
            yield from names(item, whole, (*above, name))
    elif isinstance(value, list) and above not in whole:
        for item in value:
            yield from names(item, whole, above)
    else:
        yield above
