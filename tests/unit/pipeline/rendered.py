"""The pipeline's template as CloudFormation sees it, with conditions decided."""

from collections.abc import Iterator
from typing import Any

from generators.editions import Edition
from generators.render import render
from pipeline.definition import build
from pipeline.delivery import Delivery, Environment
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import referred
from serverlessapp.template.policies import PolicyKind, statements
from serverlessapp.template.reading import Json, Template, parse
from serverlessapp.template.values import Absent, Choice, Kind, Text, Unknown

HOME = "us-west-2"
KEY = f"arn:aws:kms:{HOME}:111111111111:key/mrk-" + "0" * 32
PARSED: Template = parse(render(build()))
TEMPLATE: Json = PARSED.content
RESOURCES: Json = TEMPLATE["Resources"]

REGIONS = (HOME, "us-east-1", "eu-west-1", "ap-southeast-1")
OWN, STAGING, PRODUCTION = "111111111111", "222222222222", "333333333333"
# Five environments in three accounts and four Regions.
LARGE = Delivery(
    account=OWN,
    region=HOME,
    environments=tuple(
        Environment(
            name=name, account=account, regions=REGIONS, template=template, approval=approval
        )
        for name, account, template, approval in (
            ("dev", OWN, Edition.EPHEMERAL, False),
            ("test", OWN, Edition.EPHEMERAL, False),
            ("stage", STAGING, Edition.RETAINED, True),
            ("eu", PRODUCTION, Edition.RETAINED, True),
            ("prod", PRODUCTION, Edition.RETAINED, True),
        )
    ),
    taskcat_account=STAGING,
    taskcat_regions=REGIONS,
)
LARGE_PARSED: Template = parse(render(build(delivery=LARGE)))
LARGE_RESOURCES: Json = LARGE_PARSED.content["Resources"]


def evaluation(
    parameters: dict[str, str], region: str = HOME, template: Template = PARSED
) -> Evaluation:
    """Return the template with these parameters; those without a default stand for themselves."""
    definitions = template.content["Parameters"].items()
    defaults = {name: str(item.get("Default", name)) for name, item in definitions}
    defaults |= {"ArtifactKeyArn": KEY} if "ArtifactKeyArn" in defaults else {}
    given = referred(template.content, defaults | parameters)
    return Evaluation(template=template, given=given | {"AWS::Region": region})


def resources(parameters: dict[str, str] | None = None, template: Template = PARSED) -> Json:
    """Return the resources there are with these parameters."""
    return {
        resource.title: {"Type": resource.type, **written(dict(resource.attributes))}
        for resource in evaluation(parameters or {}, template=template).resources()
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


def pipeline(parameters: dict[str, str] | None = None, template: Template = PARSED) -> Json:
    properties: Json = resources(parameters, template)["Pipeline"]["Properties"]
    return properties


def stage(name: str, template: Template = PARSED) -> Json:
    (match,) = [s for s in pipeline(template=template)["Stages"] if s["Name"] == name]
    return dict(match)


def all_actions(template: Template = PARSED) -> list[Json]:
    return [action for s in pipeline(template=template)["Stages"] for action in s["Actions"]]


def of_type(kind: str, template: Template = PARSED) -> Json:
    return {name: r for name, r in template.content["Resources"].items() if r["Type"] == kind}


def policies(template: Template = PARSED) -> Iterator[tuple[str, Json]]:
    """Yield every statement that grants a role something, with the resource it is in."""
    for resource in Evaluation(template=template).resources():
        for statement in statements(resource):
            if statement.kind is PolicyKind.IDENTITY:
                yield resource.title, written(dict(statement.content))


def run_order(action: Json) -> int:
    return int(action.get("RunOrder", 1))
