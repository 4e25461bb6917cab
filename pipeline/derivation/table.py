"""The deploy role as a table: each grant, where it holds, and what it is for."""

import re
from collections import defaultdict

from generators.tables import table
from pipeline import deploy_role
from pipeline.derivation import needs
from serverlessapp.template import policies
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template


def grants() -> str:
    """Return the table as Markdown, a row for each action of each statement."""
    template = Template(content=deploy_role.build().to_dict())
    purposes = purposes_by_action()
    rows = []
    for resource in Evaluation(template=template).resources():
        if resource.type != "AWS::IAM::ManagedPolicy" or resource.title == deploy_role.BOUNDARY:
            continue
        for statement in policies.statements(resource):
            places = "<br>".join(place(str(arn)) for arn, _ in statement.listed("Resource"))
            for action, _ in statement.listed("Action"):
                rows.append((statement.sid, places, f"`{action}`", purposes[action]))
                places = ""
    return table(("statement", "on", "action", "to"), rows)


def purposes_by_action() -> dict[str, str]:
    """Return what each action is for: operations, and the types of resources."""
    stack = deploy_role.application_stack()
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for resource, operation in stack.needed():
        for action in needs.actions(resource.type, resource.properties, operation):
            if operation not in found[action][resource.type]:
                found[action][resource.type].append(operation)
    return {
        action: "; ".join(
            f"{', '.join(operations)} {kind.removeprefix('AWS::')}"
            for kind, operations in sorted(kinds.items())
        )
        for action, kinds in found.items()
    }


def place(arn: str) -> str:
    """Return where a statement holds, short: the kind and name of the resource."""
    if arn == "*":
        return "everything"
    text = re.split(r":::|\$\{AWS::AccountId\}:", arn)[-1]
    return f"`{text.replace('${EnvironmentSuffix}', 'ENV')}`"
