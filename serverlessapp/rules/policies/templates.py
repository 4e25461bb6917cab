"""The templates under test, and the policies in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serverlessapp.template.reading import load

SUFFIX = ".yaml"

Content = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Template:
    """One committed template.

    Attributes:
        name: Its file's name without suffix.
        content: In long form.
    """

    name: str
    content: Content

    @property
    def resources(self) -> Mapping[str, Content]:
        """Resources by logical ID."""
        content: Mapping[str, Content] = self.content["Resources"]
        return content


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One statement of a policy, and where it is.

    Attributes:
        template: The template.
        resource: Logical ID of the resource with the policy.
        kind: ``trust`` (who may take the role), ``identity`` (what it may do) or ``resource``.
        content: The statement, intrinsic functions included.
    """

    template: Template
    resource: str
    kind: str
    content: Content

    @property
    def type(self) -> str:
        """Type of the resource with the policy."""
        return str(self.template.resources[self.resource]["Type"])

    @property
    def allows(self) -> bool:
        """Whether it allows rather than denies."""
        return bool(self.content.get("Effect") == "Allow")

    @property
    def actions(self) -> list[str]:
        """The actions it names."""
        return as_list(self.content.get("Action", []))

    @property
    def conditions(self) -> dict[str, dict[str, Any]]:
        """Condition values by operator and key."""
        return dict(self.content.get("Condition", {}))


def skipped(resource: Content) -> set[str]:
    """Return the rules that a resource skips, each with a reason for people.

    Like checkov's: ``Metadata: {serverlessapp: {skip: [{id: boundary, comment: why}]}}``.
    """
    entries = resource.get("Metadata", {}).get("serverlessapp", {}).get("skip", [])
    return {entry["id"] for entry in entries}


def read(folder: Path) -> list[Template]:
    """Return every template in the folder, by name."""
    return [
        Template(name=path.name.removesuffix(SUFFIX), content=load(path.read_bytes()))
        for path in sorted(folder.glob(f"*{SUFFIX}"))
    ]


def statements(template: Template) -> Iterator[Statement]:
    """Yield every statement of every policy, wherever a resource carries it."""
    for name, resource in template.resources.items():
        for path, document in documents(resource.get("Properties", {}), ()):
            if "AssumeRolePolicyDocument" in path:
                kind = "trust"
            else:
                kind = "identity" if resource["Type"].startswith("AWS::IAM::") else "resource"
            for content in alternatives(document["Statement"]):
                yield Statement(template=template, resource=name, kind=kind, content=content)


def documents(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Content]]:
    """Yield policy documents, with the property names on the way to them."""
    if isinstance(value, dict):
        if "Statement" in value:
            yield path, value
            return
        for key, item in value.items():
            yield from documents(item, (*path, key))
    elif isinstance(value, list):
        for item in value:
            yield from documents(item, path)


def alternatives(value: Any) -> Iterator[Any]:
    """Yield the items of a list, or a single one; of a condition, those of both branches."""
    if isinstance(value, list):
        for item in value:
            yield from alternatives(item)
    elif isinstance(value, dict) and set(value) == {"Fn::If"}:
        yield from alternatives(value["Fn::If"][1:])
    elif value != {"Ref": "AWS::NoValue"}:
        yield value


def as_list(value: Any) -> list[Any]:
    """Return what a policy may hold as one item or as a list."""
    return list(value) if isinstance(value, list) else [value]
