"""The pipeline's own stack on the emulator: what of it the emulator can hold, and all of its data.

The emulator knows no CodePipeline. It makes all else of the stack, buckets and roles above all, by
real change sets; the pipeline itself is what runs here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local import stacks
from local.emulator import Emulator
from local.pipeline.errors import PipelineError
from local.pipeline.names import Names, Place, pseudo
from local.pipeline.support import refusals
from serverlessapp import rules
from serverlessapp.errors import OperatorError
from serverlessapp.rules.pipelines.rule import PipelineRule
from serverlessapp.template.evaluation import Evaluation
from serverlessapp.template.parameters import Json, referred, values
from serverlessapp.template.pipeline import delivery as model
from serverlessapp.template.pipeline.delivery import PIPELINE, REPORT_GROUP, Delivery
from serverlessapp.template.pipeline.elements import Pipeline
from serverlessapp.template.reading import Template

STACK = "serverlessapp-pipeline"
NOT_HELD = (PIPELINE, REPORT_GROUP, "AWS::CodeStarNotifications::NotificationRule")
CAPABILITIES = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")


@dataclass(frozen=True, kw_only=True)
class Launched:
    """A pipeline as its stack has it now."""

    template: Json
    parameters: Mapping[str, str]
    delivery: Delivery
    home: Place
    # Physical names by logical ID, of what is really there.
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def pipeline(self) -> Pipeline:
        return self.delivery.pipelines[0]


def examine(template: Json, parameters: Mapping[str, str], source: Path, home: Place) -> Launched:
    """Return the pipeline as it would be, without making anything.

    It is refused if AWS would refuse it, or if it cannot be run here.
    """
    try:
        everything = values(template, parameters)
        if missing := sorted(template.get("Parameters", {}).keys() - everything.keys()):
            raise PipelineError(f"no default: give --parameter {missing[0]}=VALUE")
        refused = list(mistakes(evaluated(template, everything, home), source))
    except OperatorError as error:
        raise PipelineError(str(error)) from error
    if refused:
        told = "\n".join(refused)
        raise PipelineError(f"serverlessapp validate finds:\n{told}")
    examined = read(template, everything, source, {}, home)
    if impossible := list(refusals(examined.delivery)):
        told = "\n".join(impossible)
        raise PipelineError(f"this cannot run here as it would on AWS:\n{told}")
    return examined


def read(
    template: Json,
    parameters: Mapping[str, str],
    source: Path | None,
    names: Mapping[str, str],
    home: Place,
) -> Launched:
    """Return the pipeline of a template that has been examined."""
    known = Names(evaluated(template, parameters, home), names).known()
    delivery = model.read(known, source)
    return Launched(
        template=template, parameters=parameters, delivery=delivery, home=home, names=names
    )


def evaluated(template: Json, parameters: Mapping[str, str], home: Place) -> Evaluation:
    """Return the template with all that is known before it is launched."""
    given = {**pseudo(STACK, home), **referred(template, parameters)}
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
    """Launch the stack, as a person does who may do everything, and return what is there."""
    client = emulator.session(examined.home.region, examined.home.account).client("cloudformation")
    try:
        stacks.deploy(
            client,
            stack=STACK,
            template=held(examined.template),
            parameters=examined.parameters,
            capabilities=CAPABILITIES,
        )
    except stacks.StackError as error:
        raise PipelineError(f"stack {STACK}: {error}") from error
    return there(emulator, examined)


def there(emulator: Emulator, examined: Launched) -> Launched:
    """Return the pipeline with the names of what is really there."""
    client = emulator.session(examined.home.region, examined.home.account).client("cloudformation")
    made = client.describe_stack_resources(StackName=STACK)["StackResources"]
    names = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in made}
    source = examined.delivery.source
    return read(examined.template, examined.parameters, source, names, examined.home)


def held(template: Json) -> Json:
    """Return what of a template the emulator can hold."""
    left_out = ("Outputs", "Metadata")
    return {
        **{key: item for key, item in template.items() if key not in left_out},
        "Resources": {
            title: item
            for title, item in template["Resources"].items()
            if item["Type"] not in NOT_HELD
        },
    }


def resources(launched: Launched) -> dict[str, Json]:
    """Return the resources, with conditions decided and parameters put in."""
    evaluation = evaluated(launched.template, launched.parameters, launched.home)
    return {
        resource.title: {"Type": resource.type, **resource.attributes}
        for resource in evaluation.resources()
    }
