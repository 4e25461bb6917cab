"""Which resource of a rendered template refers to which."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Rendered = Mapping[str, Any]

IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")


def referred(value: Any) -> Iterator[str]:
    """Yield the logical IDs that a value of a template mentions, parameters too.

    Source: CloudFormation User Guide, "Intrinsic function reference" (Ref, Fn::GetAtt, Fn::Sub).
    """
    if isinstance(value, list):
        for item in value:
            yield from referred(item)
    if not isinstance(value, Mapping):
        return
    for name, inner in value.items():
        if name == "Ref":
            yield inner
        elif name == "Fn::GetAtt":
            yield inner[0]
        elif name == "Fn::Sub":
            text, names = inner if isinstance(inner, list) else (inner, {})
            yield from (found for found in IN_TEXT.findall(text) if found not in names)
            yield from referred(names)
        else:
            yield from referred(inner)


def edges(template: Rendered) -> set[tuple[str, str]]:
    """Return who refers to whom among the resources, in properties or by ``DependsOn``."""
    resources = template["Resources"]
    found = set()
    for name, resource in resources.items():
        waits_for = resource.get("DependsOn", [])
        named = [waits_for] if isinstance(waits_for, str) else waits_for
        targets = {*referred(resource.get("Properties", {})), *named}
        found |= {(name, target) for target in targets if target in resources and target != name}
    return found
