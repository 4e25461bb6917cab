"""Enumerations, limits and patterns, from the service models that botocore carries.

A template's properties are the API's members with a capital letter. What has to be there, which
properties there are and how names are written cfn-lint knows from the resources' schemas.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from serverlessapp.rules.pipelines.rule import pipeline_rule, whole, with_arn
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.reading import Place
from serverlessapp.template.values import is_scalar, scalar

REFERENCE = "https://docs.aws.amazon.com/codepipeline/latest/APIReference"
# Where the service takes more than its model says: "Member must have length less than or equal to
# 50000" is its own message (aws/aws-cdk#19767, 2022). ParameterOverrides has a limit of its own.
LONGEST = {"ActionConfigurationValue": 50_000}
# Members that are something else in a template, and what cfn-lint knows from the schemas, whatever
# their version.
NOT_HERE = {
    *("ArtifactStore", "ArtifactStores", "RoleArn", "Tags", "Triggers"),
    *("ExecutionMode", "BuildTimeOut", "QueuedTimeoutInMinutes"),
}


@pipeline_rule("E9221", f"{REFERENCE}/API_PipelineDeclaration.html", whole)
def limits_are_kept(delivery: Delivery) -> Iterator[Mistake]:
    """A value is valid in the service's API.

    Enumerations, patterns, smallest and largest numbers, and how many of something.
    """
    for pipeline in delivery.pipelines:
        yield from walk(shape("codepipeline", "PipelineDeclaration"), pipeline.raw, ())
        for _, store in pipeline.regions():
            yield from walk(shape("codepipeline", "ArtifactStore"), store, ())
    for project in delivery.projects.values():
        yield from walk(shape("codebuild", "CreateProjectInput"), project.raw, ())
        yield from walk(shape("codebuild", "CreateWebhookInput"), project.raw.get("Triggers"), ())


@cache
def shape(service: str, name: str) -> Any:
    """Return a shape of a service's API."""
    import botocore.session  # takes time, and only this rule needs it

    return botocore.session.get_session().get_service_model(service).shape_for(name)


def walk(of: Any, value: Any, place: Place) -> Iterator[Mistake]:
    """Yield what does not fit a shape; what has another type, or is not known, is left out."""
    place, value = getattr(value, "place", place), with_arn(value)
    if isinstance(value, dict) and of.type_name == "structure":
        members = {name[0].upper() + name[1:]: member for name, member in of.members.items()}
        for key, item in value.items():
            if key in members and not {key, members[key].name} & NOT_HERE:
                yield from walk(members[key], item, (*place, key))
    elif isinstance(value, list) and of.type_name == "list":
        yield from size(of, len(value), "items", place)
        for number, item in enumerate(value):
            yield from walk(of.member, item, (*place, number))
    elif isinstance(value, Mapping) and of.type_name == "map":
        for key, item in value.items():
            yield from walk(of.value, item, (*place, key))
    elif is_scalar(value) and of.type_name in ("integer", "long"):
        text, low, high = scalar(value), of.metadata.get("min"), of.metadata.get("max")
        if re.fullmatch(r"-?\d{1,18}", text) and (
            (low is not None and int(text) < low) or (high is not None and int(text) > high)
        ):
            yield Mistake(place, f"{text} must be from {low} to {high}")
    elif is_scalar(value) and of.type_name == "string":
        text = scalar(value)
        spelled = re.sub("(?<=[a-z])(?=[A-Z])", "_", text).upper()  # linuxContainer, at first
        if of.enum and {text, spelled}.isdisjoint(of.enum):
            yield Mistake(place, f"unknown value {text!r}: use one of {', '.join(of.enum)}")
        elif not re.fullmatch(of.metadata.get("pattern", ".*"), text, re.DOTALL):
            yield Mistake(place, f"{text!r} does not match {of.metadata['pattern']}")
        else:
            yield from size(of, len(text), "characters", place)


def size(of: Any, count: int, what: str, place: Place) -> Iterator[Mistake]:
    """Yield whether there is too much or too little of something."""
    low = of.metadata.get("min", 0)
    high = LONGEST.get(of.name, of.metadata.get("max", count))
    if not low <= count <= high:
        yield Mistake(place, f"{count} {what}; {low} to {high} are allowed")
