"""A stack, with everything in it known."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from serverlessapp.template import published, schemas
from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.parameters import referred
from serverlessapp.template.reading import Template
from serverlessapp.template.values import Object, Text, Unknown, scalar

Values = Mapping[str, str]  # of parameters, and of AWS::Region and AWS::StackName

REGION, STACK_NAME, ACCOUNT_ID = "AWS::Region", "AWS::StackName", "AWS::AccountId"
ACCOUNT = "210987654321"  # none that texts.extremes() makes up
GUID = "51af3dc0-da77-11e4-872e-1234567db123"
# How long names are that CloudFormation makes itself; a shorter one where a service wants that.
GENERATED = 63


class StackAtLimit:
    """A stack, with everything known; what only AWS can know is made up.

    Names are as CloudFormation makes them, and ARNs as they are published.
    """

    def __init__(self, template: Template, values: Values) -> None:
        self.region, self.name = values[REGION], values[STACK_NAME]
        stack_id = f"cloudformation:{self.region}:{ACCOUNT}:stack/{self.name}/{GUID}"
        texts = {name: text for name, text in values.items() if not name.startswith("AWS::")}
        given = referred(template.content, texts) | {
            REGION: self.region,
            STACK_NAME: self.name,
            ACCOUNT_ID: ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackId": f"arn:aws:{stack_id}",
        }
        evaluation = Evaluation(template=template, given=given)
        self.made = {resource.title: resource for resource in evaluation.resources()}

    def resources(self) -> Iterator[Resource]:
        """Yield its resources, with everything in them known."""
        for resource in self.made.values():
            attributes = {key: self.filled(value) for key, value in resource.attributes.items()}
            yield Resource(resource.title, resource.type, True, attributes)

    def filled(self, value: Any) -> Any:
        """Return a value with everything known.

        Raises:
            LookupError: Nobody says what something could be.
        """
        match value:
            case Unknown(_, name, attribute) if name in self.made:
                return self.attribute(
                    self.made[name], attribute or identifier(self.made[name].type)
                )
            case Text(parts):
                return "".join(scalar(self.filled(part)) for part in parts)
            case dict():
                return Object({key: self.filled(item) for key, item in value.items()})
            case list():
                return [self.filled(item) for item in value]
            case str() | int() | float():
                return value
        raise LookupError(f"what is {value}?")

    def names(self, resource: Resource) -> tuple[str, str]:
        """Return the physical name of a resource, and its ARN; empty where the type has none."""
        try:
            return self.name_of(resource), self.attribute(resource, "Arn")
        except LookupError:  # nobody publishes one
            return self.name_of(resource), ""

    def attribute(self, resource: Resource, attribute: str) -> str:
        """Return an attribute of a resource, from what its name says."""
        name = self.name_of(resource)
        if attribute.endswith("Arn") or resource.type == "AWS::SecretsManager::Secret":
            arn = published.arn_of(resource.type)
            fields = {"Partition": "aws", "Region": self.region, "Account": ACCOUNT}
            return re.sub(r"\$\{(\w+)\}", lambda match: fields.get(match[1], name), arn)
        if attribute.endswith("Url"):
            return f"https://sqs.{self.region}.amazonaws.com/{ACCOUNT}/{name}"
        return name

    def name_of(self, resource: Resource) -> str:
        """Return the physical name of a resource: its own, or one that CloudFormation makes."""
        kind = resource.type.rpartition("::")[2]
        given = resource.properties.get(f"{kind}Name", resource.properties.get("Name"))
        if given is not None:
            return scalar(self.filled(given))
        if identifier(resource.type).endswith("Id") and kind != "Secret":
            return GUID
        title = resource.title[:24]
        made = f"{self.name[: GENERATED - 14 - len(title)]}-{title}-1A2B3C4D5E6F"
        return made.lower() if kind == "Bucket" else made


def identifier(resource_type: str) -> str:
    """Return the attribute that ``Ref`` gives: what the published schema identifies by."""
    name: str = schemas.schema(resource_type)["primaryIdentifier"][0].rpartition("/")[2]
    return name
