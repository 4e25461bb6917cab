"""What can be compared: a version, a file, a folder, a deployed stack, or the working tree."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from serverlessapp.aws import Client, describe
from serverlessapp.diff.model import ComparisonError
from serverlessapp.diff.outputs import Importers, unknown
from serverlessapp.diff.stack import Texts
from serverlessapp.releases.archive import SUFFIX, TEMPLATES, find_release, template_name
from serverlessapp.releases.version import FORM
from serverlessapp.template.parameters import is_secret
from serverlessapp.template.reading import Template, parse, read
from serverlessapp.template.structure import check

WORKING_TREE = "the working tree"
STACK = "stack:"
PROJECT = "ServerlessApp"  # key of what our templates say about themselves
APPLICATION = f"application{SUFFIX}"
FILES = (".json", ".template", ".yaml", ".yml")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One side of a comparison."""

    name: str
    version: str  # its version as text; empty where it has none of ours
    templates: Mapping[str, Template]  # by name without suffix
    is_single: bool = False  # whether it is one template, whatever its name
    # Values that its stack has, or that an update to it gives, as far as they are known; None for
    # any stack.
    parameters: Texts | None = None
    # What its parameters of type AWS::SSM::Parameter::Value stand for.
    resolved: Mapping[str, str] = field(default_factory=dict)
    importers: Importers = unknown

    @property
    def is_stack(self) -> bool:
        """Whether it is deployed."""
        return self.name.startswith(STACK)

    @property
    def given(self) -> dict[str, str]:
        """The parameters whose values are known."""
        return {k: text for k, text in (self.parameters or {}).items() if text is not None}


def source(text: str, client: Client) -> Source:
    """Return what a command line names.

    Args:
        text: A version, a file, a folder of a checkout's templates, or ``stack:NAME``.
        client: Makes the client that reads a stack.

    Raises:
        OperatorError: There is no such thing, or it is no template.
        ClientError: AWS refuses.
        BotoCoreError: AWS cannot be asked.
    """
    if text.startswith(STACK):
        return stack(text.removeprefix(STACK), client)
    if FORM.fullmatch(text):
        return released(text)
    path = Path(text)
    if path.is_dir():
        return folder(path, text)
    if path.suffix in FILES or path.exists():
        return single(text, check(read(path)))
    raise ComparisonError(f"{text} is not a version, a template file or folder, or {STACK}NAME")


def released(version: str = "") -> Source:
    """Return a release of the checkout, whose bytes must not have changed; by default, the last."""
    release = find_release(version)
    if damage := release.damage():
        raise ComparisonError("released bytes have changed: " + "; ".join(damage))
    return several(str(release.version), release.templates())


def working_tree() -> Source:
    """Return the templates of the checkout that one stands in, as they are.

    Whether they are what the generators write, those tell with ``--check``.
    """
    return folder(TEMPLATES, WORKING_TREE)


def folder(path: Path, name: str) -> Source:
    """Return the templates in a folder, as a checkout has them."""
    files = current(path)
    if APPLICATION not in files:
        raise ComparisonError(f"{path / APPLICATION} does not exist; name a file or {STACK}NAME")
    tree = several("", files, name=name)
    return replace(tree, version=version_of(tree.templates[template_name(APPLICATION)]))


def current(folder: Path = TEMPLATES) -> dict[str, bytes]:
    """Return the content of all templates that would be released, by file name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob(f"*{SUFFIX}"))}


def several(version: str, files: Mapping[str, bytes], name: str = "") -> Source:
    """Return a source with all templates of a version, by which it is called without a name."""
    templates = {template_name(file): check(parse(data, file)) for file, data in files.items()}
    return Source(name=name or version, version=version, templates=templates)


def single(name: str, template: Template) -> Source:
    """Return a source with one template."""
    return Source(
        name=name,
        version=version_of(template),
        templates={template_name(Path(name).name): template},
        is_single=True,
    )


def stack(name: str, client: Client) -> Source:
    """Return the template of a deployed stack, with its parameters."""
    cloudformation = client("cloudformation")
    description = describe(cloudformation, name)
    parameters = description.get("Parameters", [])
    body = cloudformation.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    text = body if isinstance(body, str) else json.dumps(body)  # boto3 reads JSON by itself
    template = check(parse(text, f"the template of stack {name}"))
    definitions = template.section("Parameters")
    values = {
        item["ParameterKey"]: None
        if is_secret(definitions.get(item["ParameterKey"], {}))
        else item.get("ParameterValue")
        for item in parameters
    }
    resolved = {
        item["ParameterKey"]: item["ResolvedValue"]
        for item in parameters
        if "ResolvedValue" in item
    }
    exports = {item["OutputKey"]: item.get("ExportName") for item in description.get("Outputs", [])}

    def importers(output: str) -> list[str] | None:
        export = exports.get(output)
        return imports_of(cloudformation, export) if export else None

    side = single(f"{STACK}{name}", template)
    return replace(side, parameters=values, resolved=resolved, importers=importers)


def imports_of(cloudformation: Any, export: str) -> list[str] | None:
    """Return the stacks that import a value; None if CloudFormation does not tell.

    It answers with an error where there are none (AWS CLI Command Reference, "list-imports").
    """
    from botocore.exceptions import ClientError

    try:
        return list(cloudformation.list_imports(ExportName=export).get("Imports", [])) or None
    except ClientError as error:
        return [] if "is not imported by any stack" in str(error) else None


def with_parameters(side: Source, given: Mapping[str, str]) -> Source:
    """Return a source with these values of parameters, besides those that it has."""
    forms = (template.section("Parameters") for template in side.templates.values())
    if unknown := sorted(given.keys() - {name for form in forms for name in form}):
        raise ComparisonError(f"{side.name} has no parameter {', '.join(unknown)}")
    return replace(side, parameters={**(side.parameters or {}), **given}) if given else side


def version_of(template: Template) -> str:
    """Return the version that a template of ours says it has; empty if it is not ours."""
    metadata = template.section("Metadata").get(PROJECT)
    return str(metadata.get("Version", "")) if isinstance(metadata, dict) else ""
