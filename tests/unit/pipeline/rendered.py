"""The pipeline's template as CloudFormation sees it, with conditions decided."""

from collections.abc import Iterator
from typing import Any

from generators.render import render
from pipeline.definition import build
from pipeline.regions import EXTRA, HOME
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import referred
from serverlessapp.template.policies import PolicyKind, statements
from serverlessapp.template.reading import Json, Template, parse
from serverlessapp.template.values import Absent, Choice, Kind, Text, Unknown

PARSED: Template = parse(render(build()))
TEMPLATE: Json = PARSED.content
RESOURCES: Json = TEMPLATE["Resources"]
ALL_REGIONS = {region.parameter: "true" for region in EXTRA}


def evaluation(parameters: dict[str, str], region: str) -> Evaluation:
    """Return the template with these parameters; those without a default stand for themselves."""
    definitions = TEMPLATE["Parameters"].items()
    defaults = {name: str(item.get("Default", name)) for name, item in definitions}
    given = referred(TEMPLATE, defaults | parameters)
    return Evaluation(template=PARSED, given=given | {"AWS::Region": region})


def resources(parameters: dict[str, str] | None = None, region: str = HOME) -> Json:
    """Return the resources there are with these parameters."""
    return {
        resource.title: {"Type": resource.type, **written(dict(resource.attributes))}
        for resource in evaluation(parameters or {}, region).resources()
    }


def written(value: Any) -> Any:
    """Return a value with what is not known as it could be written."""
    match value:
        case Unknown(Kind.ATTRIBUTE, name, attribute):
            return {"Fn::GetAtt": [name, attribute]}
        case Absent():
            return {"Ref": "AWS::NoValue"}
        case Unknown(_, name):
            return {"Ref": name}
        case Choice(_, then, otherwise):
            return {"Fn::If": ["", written(then), written(otherwise)]}
        case Text():
            return {"Fn::Sub": str(value)}
        case dict():
            return {key: written(item) for key, item in value.items()}
        case list():
            return [written(item) for item in value]
    return value


def pipeline(parameters: dict[str, str] | None = None, region: str = HOME) -> Json:
    properties: Json = resources(parameters, region)["Pipeline"]["Properties"]
    return properties


def stage(name: str, parameters: dict[str, str] | None = None, region: str = HOME) -> Json:
    (match,) = [s for s in pipeline(parameters, region)["Stages"] if s["Name"] == name]
    return dict(match)


def all_actions(parameters: dict[str, str] | None = None) -> list[Json]:
    return [action for s in pipeline(parameters)["Stages"] for action in s["Actions"]]


def of_type(kind: str) -> Json:
    return {name: r for name, r in RESOURCES.items() if r["Type"] == kind}


def policies() -> Iterator[tuple[str, Json]]:
    """Yield every statement that grants a role something, with the resource it is in."""
    for resource in Evaluation(template=PARSED).resources():
        for statement in statements(resource):
            if statement.kind is PolicyKind.IDENTITY:
                yield resource.title, written(dict(statement.content))


def run_order(action: Json) -> int:
    return int(action.get("RunOrder", 1))
