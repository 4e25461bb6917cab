"""The pipeline's template as CloudFormation sees it, with conditions decided."""

from collections.abc import Iterator
from typing import Any

from generators.render import render
from pipeline.definition import build
from pipeline.regions import EXTRA, HOME
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Template, load

Json = dict[str, Any]

TEMPLATE: Json = load(render(build()))
RESOURCES: Json = TEMPLATE["Resources"]
NOTHING = object()
ALL_REGIONS = {region.parameter: "true" for region in EXTRA}


def holds(condition: Any, parameters: dict[str, str]) -> bool:
    """Tell whether a condition holds, given by its name or as it is written."""
    result = Evaluation(template=Template(content=TEMPLATE), given=parameters).condition(condition)
    assert isinstance(result, bool), "a parameter is missing"
    return result


def evaluate(value: Any, parameters: dict[str, str]) -> Any:
    """Return a value as it is written, with conditions decided and parameters put in."""
    if isinstance(value, list):
        items = (evaluate(item, parameters) for item in value)
        return [item for item in items if item is not NOTHING]
    if not isinstance(value, dict):
        return value
    match list(value.items()):
        case [("Ref", "AWS::NoValue")]:
            return NOTHING
        case [("Ref", name)]:
            return parameters.get(name, value)
        case [("Fn::If", [condition, yes, no])]:
            return evaluate(yes if holds(condition, parameters) else no, parameters)
    items = ((key, evaluate(item, parameters)) for key, item in value.items())
    return {key: item for key, item in items if item is not NOTHING}


def defaults() -> dict[str, str]:
    """Return each parameter's default; one without stands for itself."""
    return {name: item.get("Default", name) for name, item in TEMPLATE["Parameters"].items()}


def resources(parameters: dict[str, str] | None = None, region: str = HOME) -> Json:
    """Return the resources there are with these parameters."""
    values = defaults() | {"AWS::Region": region} | (parameters or {})
    return {
        name: evaluate(resource, values)
        for name, resource in RESOURCES.items()
        if holds(resource.get("Condition", True), values)
    }


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
    for name, resource in RESOURCES.items():
        properties = resource["Properties"]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        if resource["Type"] in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"):
            documents.append(properties["PolicyDocument"])
        for document in documents:
            assert document["Version"] == "2012-10-17", name
            for statement in document["Statement"]:
                yield name, statement


def run_order(action: Json) -> int:
    return int(action.get("RunOrder", 1))
