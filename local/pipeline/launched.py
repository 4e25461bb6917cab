"""The pipeline's own stack on the emulator: what of it the emulator can hold, and all of its data.

The emulator knows no CodePipeline. It makes the stack's buckets, by real change sets; the rest
of the template is what runs here.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline.regions import HOME

from local import stacks
from local.emulator import Emulator
from local.enforcement.principals import EVERYTHING, policy
from local.pipeline.errors import PipelineError
from local.pipeline.names import Names, pseudo
from local.pipeline.support import refusals
from serverlessapp import rules
from serverlessapp.errors import OperatorError
from serverlessapp.rules.pipelines.rule import PipelineRule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import Json, referred, values
from serverlessapp.template.pipeline import delivery as model
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Pipeline
from serverlessapp.template.reading import Template

STACK, BOUNDARY = "serverlessapp-pipeline", "PermissionsBoundaryArn"
HELD = ("AWS::S3::Bucket", "AWS::S3::BucketPolicy")


@dataclass(frozen=True, kw_only=True)
class Launched:
    """A pipeline as its stack has it now."""

    template: Json
    parameters: Mapping[str, str]
    delivery: Delivery

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline."""
        return self.delivery.pipelines[0]


def examine(template: Json, parameters: Mapping[str, str], source: Path) -> Launched:
    """Return the pipeline as it would be, without making anything.

    It is refused if AWS would refuse it, or if it cannot be run here.
    """
    try:
        everything = values(template, parameters)
        if missing := sorted(template.get("Parameters", {}).keys() - everything.keys()):
            raise PipelineError(f"no default: give --parameter {missing[0]}=VALUE")
        refused = list(mistakes(evaluated(template, everything), source))
    except OperatorError as error:
        raise PipelineError(str(error)) from error
    if refused:
        told = "\n".join(refused)
        raise PipelineError(f"serverlessapp validate finds:\n{told}")
    examined = read(template, everything, source, {})
    if impossible := list(refusals(examined.delivery)):
        told = "\n".join(impossible)
        raise PipelineError(f"this cannot be run here as AWS would run it:\n{told}")
    return examined


def read(
    template: Json, parameters: Mapping[str, str], source: Path | None, names: Mapping[str, str]
) -> Launched:
    """Return the pipeline of a template that has been examined."""
    known = Names(evaluated(template, parameters), names).known()
    return Launched(template=template, parameters=parameters, delivery=model.read(known, source))


def evaluated(template: Json, parameters: Mapping[str, str]) -> Evaluation:
    """Return the template with all that is known before it is launched."""
    given = {**pseudo(STACK, HOME), **referred(template, parameters)}
    return Evaluation(template=Template(content=dict(template)), given=given)


def mistakes(evaluation: Evaluation, source: Path) -> Iterator[str]:
    """Yield what our rules find that AWS would refuse."""
    for kind in vars(rules).values():
        if isinstance(kind, type) and issubclass(kind, PipelineRule) and kind.id.startswith("E"):
            rule = kind()
            rule.configure({"source": str(source)})
            for mistake in rule.mistakes(evaluation):
                yield f"{'.'.join(map(str, mistake.place))}: {mistake.message}"


def make(emulator: Emulator, examined: Launched) -> Launched:
    """Make or update the stack, and return the pipeline with the names of what is really there."""
    allow(emulator, examined.parameters.get(BOUNDARY, ""))
    names = hold(emulator, examined.template, examined.parameters)
    return read(examined.template, examined.parameters, examined.delivery.source, names)


def allow(emulator: Emulator, boundary: str) -> None:
    """Make the permissions boundary of the application's roles, which has to be there."""
    iam, name = emulator.session(HOME).client("iam"), boundary.rpartition("/")[2]
    if name:
        with suppress(iam.exceptions.EntityAlreadyExistsException):  # from before an update
            iam.create_policy(PolicyName=name, PolicyDocument=policy(EVERYTHING))


def hold(emulator: Emulator, template: Json, parameters: Mapping[str, str]) -> dict[str, str]:
    """Make or update what the emulator can hold, and return physical names by logical ID."""
    client = emulator.session(HOME).client("cloudformation")
    part = {
        **{key: item for key, item in template.items() if key not in ("Outputs", "Metadata")},
        "Resources": {
            title: item for title, item in template["Resources"].items() if item["Type"] in HELD
        },
    }
    if not part["Resources"]:
        return {}
    try:
        stacks.deploy(client, stack=STACK, template=part, parameters=parameters)
    except stacks.StackError as error:
        raise PipelineError(f"stack {STACK}: {error}") from error
    resources = client.describe_stack_resources(StackName=STACK)["StackResources"]
    return {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources}


def resources(launched: Launched) -> dict[str, Json]:
    """Return the resources, with conditions decided and parameters put in."""
    evaluation = evaluated(launched.template, launched.parameters)
    return {
        resource.title: {"Type": resource.type, **resource.attributes}
        for resource in evaluation.resources()
    }
