"""Which properties no oracle has exercised; ``docs/oracles.md`` lists them."""

import re
from collections.abc import Iterator
from typing import Any

from tests.oracles.calls import Path
from tests.oracles.oracle import CUSTOM, makings
from tests.oracles.stacks import Stack
from tests.oracles.templates import ROOT, TEMPLATES, possible

OPTION = "--write-oracles"
PAGE = ROOT / "docs/oracles.md"
PART = re.compile(r"(<!-- generated: unexercised -->\n).*?(<!-- end -->)", re.DOTALL)

# What other oracles than the calls exercise: type and property.
OTHERS: set[tuple[str, str]] = set()


def page() -> str:
    """Return the page as it should be."""
    rows = [f"| `{kind}` | `{name}` |" for kind, name in sorted(unexercised())]
    table = "\n".join(["| type | property |", "| --- | --- |", *rows])
    return PART.sub(rf"\g<1>{table}\n\g<2>", PAGE.read_text(encoding="utf-8"))


def unexercised() -> set[tuple[str, str]]:
    """Return types and properties of all templates that are in no call and no other oracle."""
    found = {pair for name in TEMPLATES for pair in of_template(name)}
    return found - OTHERS


def of_template(name: str) -> Iterator[tuple[str, str]]:
    """Yield type and property of what no call has, in any stack of a template."""
    for values in possible(name).stacks():
        stack = Stack(TEMPLATES[name], values)
        results = dict(makings(stack))
        for resource in stack.resources():
            if resource.type.startswith(CUSTOM):
                yield from ((resource.type, name) for name in resource.properties)
                continue
            result = results[resource.title]
            for path in paths(resource.properties, result.whole):
                if path not in result.mapped:
                    yield resource.type, ".".join(path)


def paths(value: Any, whole: set[Path], above: Path = ()) -> Iterator[Path]:
    """Yield the names that lead to each value; what is a text or a map in a call is one value."""
    if isinstance(value, dict) and above not in whole:
        for name, item in value.items():
            yield from paths(item, whole, (*above, name))
    elif isinstance(value, list) and above not in whole:
        for item in value:
            yield from paths(item, whole, above)
    else:
        yield above
