"""The deploy role as a table: each grant, where it holds, and what it is for."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline import deploy_role
from pipeline.derivation import needs

HEAD = "| statement | on | action | to |\n| --- | --- | --- | --- |"


def grants() -> str:
    """Return the table as Markdown, a row for each action of each statement."""
    template = deploy_role.build().to_dict()
    purposes = purposes_by_action()
    rows = []
    for statement in statements(template):
        places = "<br>".join(map(place, statement["Resource"]))
        for action in statement["Action"]:
            rows.append(f"| {statement['Sid']} | {places} | `{action}` | {purposes[action]} |")
            places = ""
    return "\n".join([HEAD, *rows])


def statements(template: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the statements of the role's own policies."""
    for title, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::ManagedPolicy" and title != deploy_role.BOUNDARY:
            yield from resource["Properties"]["PolicyDocument"]["Statement"]


def purposes_by_action() -> dict[str, str]:
    """Return what each action is for: operations, and the types of resources."""
    stack = deploy_role.application_stack()
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for title, operation in stack.needed():
        kind = stack.kind(title)
        for action in needs.actions(kind, stack.properties(title), operation):
            if operation not in found[action][kind]:
                found[action][kind].append(operation)
    return {
        action: "; ".join(
            f"{', '.join(operations)} {kind.removeprefix('AWS::')}"
            for kind, operations in sorted(kinds.items())
        )
        for action, kinds in found.items()
    }


def place(resource: Any) -> str:
    """Return where a statement holds, short: the kind and name of the resource."""
    if resource == "*":
        return "everything"
    text = re.split(r":::|\$\{AWS::AccountId\}:", resource["Fn::Sub"])[-1]
    return f"`{text.replace('${EnvironmentSuffix}', 'ENV')}`"
