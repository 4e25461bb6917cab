"""A template as CloudFormation resolves it for one stack: no intrinsic function is left."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pipeline.derivation.names import arns
from serverlessapp.template import parameters, reading
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.reading import Json, Template
from serverlessapp.template.schemas import schema
from serverlessapp.template.values import Kind, Text, Unknown, canonical
from tests.generated import generated

ACCOUNT, REGION = "123456789012", "us-west-2"
GUID = "6d4c2be2-9f59-11f0-a2b6-0e190c227d73"  # of the stack whose events are in tests/events
RANDOM = "1A2B3C4D5E6F"  # what CloudFormation adds to a name; always the same here


def template(name: str) -> Json:
    """Return a template of the product."""
    return reading.load(generated()[name])


@dataclass(frozen=True, kw_only=True, eq=False)
class ResolvedStack:
    """A stack of a template.

    Attributes:
        template: As it is written.
        name: Of the stack.
        given: Parameters; those left out have their defaults.
        physical: Logical ID -> physical ID, where there is a stack already; made up elsewhere.
    """

    template: Json
    name: str = "files"
    given: Mapping[str, str] = field(default_factory=dict)
    physical: Mapping[str, str] = field(default_factory=dict)
    account: str = ACCOUNT
    region: str = REGION
    stack_id: str = ""

    @cached_property
    def resources(self) -> dict[str, Json]:
        """Logical ID -> ``Type``, ``Name`` (or what stands for it) and ``Properties``."""
        return {
            title: {
                "Type": resource.type,
                "Name": self.name_of(title),
                "Properties": self.settled(resource.properties),
            }
            for title, resource in self.evaluated.items()
        }

    @cached_property
    def evaluated(self) -> Mapping[str, Any]:
        stack = f"arn:aws:cloudformation:{self.region}:{self.account}:stack/{self.name}/{GUID}"
        texts = parameters.values(self.template, self.given)
        given = parameters.referred(self.template, texts) | {
            "AWS::AccountId": self.account,
            "AWS::Partition": "aws",
            "AWS::Region": self.region,
            "AWS::StackId": self.stack_id or stack,
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
        }
        evaluation = Evaluation(template=Template(content=self.template), given=given)
        return {resource.title: resource for resource in evaluation.resources()}

    def of_type(self, kind: str) -> dict[str, Json]:
        """Return the resources of a type by logical ID."""
        return {title: each for title, each in self.resources.items() if each["Type"] == kind}

    def name_of(self, title: str) -> str:
        """Return the name of a resource: its physical ID without what is around it."""
        if title in self.physical:
            return self.physical[title].rpartition("/")[2].rpartition(":")[2]
        resource = self.evaluated[title]
        service = resource.type.rpartition("::")[2]
        written = resource.properties.get(f"{service}Name", resource.properties.get("Name"))
        if written is not None:
            return str(self.settled(written))
        if resource.type == "AWS::KMS::Key":
            return GUID
        if resource.type == "AWS::SecretsManager::Secret":  # six letters are in its ARN alone
            return f"{title}-{RANDOM}-AbCdEf"
        name = f"{self.name}-{title}-{RANDOM}"
        return name.lower() if resource.type == "AWS::S3::Bucket" else name

    def attribute(self, title: str, attribute: str) -> str:
        """Return what ``Fn::GetAtt`` gives."""
        kind, name = self.evaluated[title].type, self.name_of(title)
        if attribute == "QueueUrl":
            return f"https://sqs.{self.region}.amazonaws.com/{self.account}/{name}"
        if attribute.endswith("Arn") or (kind, attribute) == ("AWS::SecretsManager::Secret", "Id"):
            (arn,) = arns(kind, [name], self.region)
            arn = arn.replace("${AWS::Partition}", "aws")
            # CloudFormation's ARN of a log group covers its streams.
            end = ":*" if kind == "AWS::Logs::LogGroup" else ""
            return arn.replace("${AWS::AccountId}", self.account) + end
        return name

    def reference(self, title: str) -> str:
        """Return what ``Ref`` gives: the primary identifier, as its type's schema says."""
        (identifier, *_) = schema(self.evaluated[title].type)["primaryIdentifier"]
        return self.attribute(title, identifier.rpartition("/")[2])

    def settled(self, value: Any) -> Any:
        """Return a value in which everything is known."""
        match value:
            case Unknown(Kind.RESOURCE, title):
                return self.reference(title)
            case Unknown(Kind.ATTRIBUTE, title, attribute):
                return self.attribute(title, attribute)
            case Text(parts):
                return "".join(map(self.settled, parts))
            case dict():
                return {key: self.settled(item) for key, item in value.items()}
            case list():
                return [self.settled(item) for item in value]
            case str() | int() | float():
                return value
        raise AssertionError(f"nothing says what {canonical(value)} is")
