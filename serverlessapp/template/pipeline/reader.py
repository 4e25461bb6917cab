"""Reads elements out of resolved properties, whose shape has been checked before."""

from collections.abc import Iterator
from typing import Any

from serverlessapp.template.parameters import Json
from serverlessapp.template.paths import placed
from serverlessapp.template.pipeline.elements import (
    Action,
    Condition,
    Configuration,
    Pipeline,
    Project,
    Rule,
    Stage,
)

WHEN = ("BeforeEntry", "OnSuccess", "OnFailure")


def pipeline(path: str, raw: Json, *, name: str, region: str) -> Pipeline:
    """Return the pipeline from its properties."""
    by_region = {
        store["Region"]: store["ArtifactStore"]["Location"]
        for store in raw.get("ArtifactStores", [])
    }
    only = {region: raw["ArtifactStore"]["Location"]} if "ArtifactStore" in raw else {}
    return Pipeline(
        path=path,
        name=name,
        type=raw.get("PipelineType", "V1"),
        mode=raw.get("ExecutionMode", "SUPERSEDED"),
        region=region,
        role=raw["RoleArn"],
        stores=by_region or only,
        across="ArtifactStores" in raw,
        stages=tuple(
            stage(where, item, region) for where, item in placed(f"{path}.Stages", raw["Stages"])
        ),
        variables={item["Name"]: item.get("DefaultValue", "") for item in raw.get("Variables", [])},
        raw=raw,
    )


def stage(path: str, raw: Json, region: str) -> Stage:
    """Return a stage."""
    failure = raw.get("OnFailure", {})
    return Stage(
        path=path,
        name=raw["Name"],
        actions=tuple(
            action(where, item, raw["Name"], region)
            for where, item in placed(f"{path}.Actions", raw["Actions"])
        ),
        conditions=tuple(conditions(path, raw, region)),
        failure=failure.get("Result", ""),
        retry=failure.get("RetryConfiguration", {}).get("RetryMode", ""),
    )


def conditions(path: str, raw: Json, region: str) -> Iterator[Condition]:
    """Yield the conditions of a stage."""
    for when in WHEN:
        items = raw.get(when, {}).get("Conditions", [])
        for where, item in placed(f"{path}.{when}.Conditions", items):
            yield Condition(
                path=where,
                when=when,
                result=item.get("Result", ""),
                rules=tuple(
                    rule(place, content, region)
                    for place, content in placed(f"{where}.Rules", item.get("Rules", []))
                ),
            )


def rule(path: str, raw: Json, region: str) -> Rule:
    """Return a rule."""
    return Rule(
        path=path,
        name=raw["Name"],
        provider=raw["RuleTypeId"]["Provider"],
        configuration=texts(raw.get("Configuration", {})),
        region=raw.get("Region", region),
        role=raw.get("RoleArn", ""),
    )


def action(path: str, raw: Json, stage_name: str, region: str) -> Action:
    """Return an action."""
    kind = raw["ActionTypeId"]
    return Action(
        path=path,
        stage=stage_name,
        name=raw["Name"],
        category=kind["Category"],
        owner=kind["Owner"],
        provider=kind["Provider"],
        order=int(raw.get("RunOrder", 1)),
        region=raw.get("Region", region),
        role=raw.get("RoleArn", ""),
        namespace=raw.get("Namespace", ""),
        configuration=texts(raw.get("Configuration", {})),
        inputs=tuple(item["Name"] for item in raw.get("InputArtifacts", [])),
        outputs={
            item["Name"]: tuple(item.get("Files", ())) for item in raw.get("OutputArtifacts", [])
        },
        commands=tuple(raw.get("Commands", ())),
        exports=tuple(raw.get("OutputVariables", ())),
        environment={item["Name"]: item["Value"] for item in raw.get("EnvironmentVariables", [])},
        has_timeout="TimeoutInMinutes" in raw,
    )


def project(path: str, raw: Json, *, name: str) -> Project:
    """Return a project."""
    environment = raw["Environment"]
    variables = environment.get("EnvironmentVariables", [])
    return Project(
        path=path,
        name=name,
        role=raw["ServiceRole"],
        type=environment["Type"],
        compute=environment["ComputeType"],
        image=environment["Image"],
        variables={item["Name"]: text(item["Value"]) for item in variables},
        buildspec=text(raw["Source"].get("BuildSpec", "")),
        raw=raw,
    )


def texts(raw: Json) -> Configuration:
    """Return a configuration with its values as CodePipeline gets them."""
    return {key: text(value) for key, value in raw.items()}


def text(value: Any) -> str:
    """Return a value as CloudFormation passes it on."""
    return str(value).lower() if isinstance(value, bool) else str(value)
