"""What people launch before the pipeline can deliver: stacks of roles, Regions' buckets and keys.

It is launched for real, in the account and Region that ``delivery.toml`` names, by each account's
root, from the templates of the commit (``docs/pipeline.md``).
"""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from generators.parameters import SOURCE_ACCOUNT, SOURCE_BUCKET, SOURCE_KEY
from local import stacks
from local.emulator import Emulator
from local.pipeline.errors import PipelineError
from local.pipeline.launched import CAPABILITIES, STACK
from local.pipeline.names import Place
from pipeline import deploy_role, places
from pipeline.delivery import Delivery, load
from pipeline.stores import KEY
from serverlessapp.template.reading import read

DELIVERY, TEMPLATES = "pipeline/delivery.toml", "templates"
REGION, REGION_STACK = "pipeline-region", f"{STACK}-region"
SOURCE = (SOURCE_ACCOUNT, SOURCE_BUCKET, SOURCE_KEY)


@dataclass(frozen=True, kw_only=True)
class Launch:
    """A stack that a person launches."""

    name: str
    template: str  # its file's name, without its end
    account: str
    region: str
    # Those that its template has are given to it.
    parameters: MutableMapping[str, str] = field(default_factory=dict)


def home_of(delivery: Delivery) -> Place:
    given = {"account": delivery.account, "region": delivery.region}
    return Place(**{name: value for name, value in given.items() if value})


def delivery_of(source: Path) -> Delivery:
    return load(source / DELIVERY)


def launch(emulator: Emulator, source: Path) -> dict[str, str]:
    """Launch everything, or update it, and return the outputs of the pipeline's own Region.

    Raises:
        PipelineError: A stack was refused, or failed.
    """
    delivery = delivery_of(source)
    home = home_of(delivery)
    outputs: dict[str, str] = {}
    for each in planned(delivery):
        makes_key = (each.template, each.region) == (REGION, home.region)
        if each.template == REGION and outputs:
            each.parameters["PrimaryKeyArn"] = outputs[KEY]
        made = one(emulator, source, each)
        if makes_key and KEY not in made:
            raise PipelineError(
                f"{TEMPLATES}/{REGION}.yaml has no key, which several accounts need: run tox run "
                "-e generate, and commit its output"
            )
        if makes_key:
            outputs = made
    return outputs


def planned(delivery: Delivery) -> Iterator[Launch]:
    """Yield the stacks, in the order in which they are launched."""
    home = home_of(delivery)
    pipeline = {"PipelineStackName": STACK, "PipelineAccount": home.account}
    here = (home.region,) if places.other_accounts(delivery) else ()
    for region in (*here, *delivery.regions):
        yield Launch(
            name=REGION_STACK,
            template=REGION,
            account=home.account,
            region=region,
            parameters=dict(pipeline),
        )
    yield Launch(name="update-role", template="update-role", parameters=pipeline, **vars(home))
    taskcat = Place(account=delivery.taskcat_account or home.account, region=home.region)
    yield Launch(name="taskcat-role", template="taskcat-role", parameters=pipeline, **vars(taskcat))
    for environment in delivery.environments:
        given = {**environment.parameters, **environment.regional.get(environment.regions[0], {})}
        yield Launch(
            name=f"deploy-role-{environment.name}",
            template=deploy_role.file(environment.template),
            account=environment.account or home.account,
            region=environment.regions[0] or home.region,
            parameters={
                **pipeline,
                "EnvironmentSuffix": environment.name,
                **{name: text for name, text in given.items() if name in SOURCE},
            },
        )


def one(emulator: Emulator, source: Path, wanted: Launch) -> dict[str, str]:
    """Launch or update a stack, and return its outputs."""
    template = read(source / TEMPLATES / f"{wanted.template}.yaml").content
    known = template.get("Parameters", {})
    client = emulator.session(wanted.region, wanted.account).client("cloudformation")
    try:
        return stacks.deploy(
            client,
            stack=wanted.name,
            template=template,
            parameters={name: text for name, text in wanted.parameters.items() if name in known},
            capabilities=CAPABILITIES,
        )
    except stacks.StackError as error:
        raise PipelineError(f"stack {wanted.name} in {wanted.account}: {error}") from error
