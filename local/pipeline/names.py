"""Names and ARNs of resources, as a launched stack would have them.

Names that CloudFormation would make up are ``<stack>-<logical ID>`` here; only that they are the
same wherever they are used matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from string import Template

from local.emulator import ACCOUNT, REGION
from local.pipeline.errors import PipelineError
from serverlessapp.template import published
from serverlessapp.template.evaluation import Evaluation, Resource
from serverlessapp.template.references import of_template
from serverlessapp.template.schemas import schema
from serverlessapp.template.values import Kind, Unknown, rendered

PARTITION = "aws"


@dataclass(frozen=True)
class Place:
    """Where the pipeline is: an account of nobody, if ``delivery.toml`` is silent."""

    account: str = ACCOUNT
    region: str = REGION


@dataclass(frozen=True)
class Names:
    """Names of the resources of a stack."""

    evaluation: Evaluation  # the template, with every parameter given, and ``pseudo``
    physical: Mapping[str, str]  # names by logical ID, of what is really there

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Those that exist, by logical ID."""
        return {resource.title: resource for resource in self.evaluation.resources()}

    def known(self) -> Evaluation:
        """Return the template with everything known that it refers to."""
        given = {
            f"{each.target}.{each.attribute}".rstrip("."): self.value(each.target, each.attribute)
            for each in of_template(self.evaluation.template)
            if each.target in self.resources
        }
        return replace(self.evaluation, given={**self.evaluation.given, **given})

    def value(self, title: str, attribute: str) -> str:
        """Return what ``Fn::GetAtt`` gives, or ``Ref`` without an attribute.

        Attributes other than ARNs have made-up values. ``Ref`` gives the primary identifier
        (CloudFormation CLI User Guide, "Resource type schema").
        """
        kind, name = self.resources[title].type, self.name(title)
        if name.startswith("arn:"):  # a topic's, a policy's
            return name
        identifier = attribute or schema(kind)["primaryIdentifier"][0]
        if not identifier.endswith("Arn"):
            return f"{name}-{attribute}" if attribute else name
        form = Template(published.arn_of(kind)).safe_substitute(
            Partition=PARTITION,
            Region=self.evaluation.given["AWS::Region"],
            Account=self.evaluation.given["AWS::AccountId"],
        )
        return form[: form.index("${")] + name

    def name(self, title: str) -> str:
        kind, properties = self.resources[title].type, self.resources[title].properties
        if title in self.physical:
            return self.physical[title]
        given = properties.get(f"{kind.rpartition('::')[2]}Name", properties.get("Name"))
        if given is not None:
            (name,) = rendered(given, self.fill)
            return name
        made = f"{self.evaluation.given['AWS::StackName']}-{title}"
        return made.lower() if kind == "AWS::S3::Bucket" else made

    def fill(self, unknown: Unknown) -> list[str]:
        """Return what a resource's name or attribute is within another's name."""
        if unknown.kind in (Kind.RESOURCE, Kind.ATTRIBUTE) and unknown.name in self.resources:
            return [self.value(unknown.name, unknown.attribute)]
        raise PipelineError(f"unknown here: {unknown}")


def pseudo(stack: str, home: Place) -> dict[str, str]:
    return {
        "AWS::AccountId": home.account,
        "AWS::Partition": PARTITION,
        "AWS::Region": home.region,
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com",
    }
