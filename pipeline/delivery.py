"""``delivery.toml``: the environments that the pipeline delivers to, and where taskcat tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generators.editions import Edition
from generators.lanes import Lane
from pipeline import delivery_checks
from pipeline.delivery_checks import DeliveryError as DeliveryError
from pipeline.delivery_keys import ENVIRONMENTS, FORM, TEMPLATES
from pipeline.names import title
from serverlessapp import declaration
from serverlessapp.declaration import Declaration

DELIVERY = Path(__file__).resolve().parent / "delivery.toml"
OWN = ""  # the pipeline's own account or Region, wherever it is launched


@dataclass(frozen=True, kw_only=True)
class Environment:
    """One stack in each of some Regions of an account, called ``serverlessapp-<name>``."""

    name: str
    account: str = OWN  # ``OWN``, or 12 digits
    regions: tuple[str, ...] = (OWN,)  # in the order of deployment; ``OWN`` alone if none is named
    template: Edition = Edition.RETAINED
    approval: bool = False  # a person is asked before it changes
    # Of the application, for all Regions.
    parameters: Mapping[str, str] = field(default_factory=dict)
    # More of them by Region, which win.
    regional: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    stack_policy: str = ""  # a file beside ``delivery.toml``, or empty for that of the template

    @property
    def title(self) -> str:
        """The name as part of logical IDs and of names of stages and actions: ``Prod``."""
        return title(self.name)


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """All that ``delivery.toml`` says."""

    account: str = OWN  # the pipeline's own, which has to be named as soon as any account is
    region: str = OWN  # the pipeline's own, which has to be named as soon as any Region is
    environments: tuple[Environment, ...]  # in the order of delivery
    taskcat_account: str = OWN  # ``OWN``, or 12 digits
    taskcat_regions: tuple[str, ...]  # where taskcat makes its stacks

    @property
    def accounts(self) -> tuple[str, ...]:
        """The accounts besides the pipeline's own, sorted."""
        named = {self.taskcat_account, *(each.account for each in self.environments)}
        return tuple(sorted(named - {OWN, self.account}))

    @property
    def regions(self) -> tuple[str, ...]:
        """The Regions of environments besides the pipeline's own, sorted."""
        named = {region for each in self.environments for region in each.regions}
        return tuple(sorted(named - {OWN, self.region}))


def load(path: Path | None = None) -> Delivery:
    """Return what the file says; ``DELIVERY`` as it is now, if none is given."""
    said = read(path)
    pipeline, taskcat = said.section("pipeline"), said.section("taskcat")
    return Delivery(
        account=pipeline.get("account", OWN),
        region=pipeline.get("region", OWN),
        environments=tuple(environment(each) for each in said.content[ENVIRONMENTS]),
        taskcat_account=taskcat.get("account", OWN),
        taskcat_regions=tuple(taskcat["regions"]),
    )


def read(path: Path | None = None) -> Declaration:
    """Return the file, in which everything is right but, maybe, what the application has to take.

    Raises:
        DeliveryError: It cannot be read, or says what cannot be; the message names the line.
    """
    said = declaration.load(path or DELIVERY, FORM, DeliveryError)
    for error in delivery_checks.errors(said):
        raise error
    return said


def check(lanes: Sequence[Lane], path: Path | None = None) -> None:
    """Refuse parameters and Regions that do not fit the application with these lanes."""
    for error in delivery_checks.errors_of_application(read(path), lanes):
        raise error


def environment(table: Mapping[str, Any]) -> Environment:
    values = {**table, "template": TEMPLATES[table.get("template", "retained")]}
    return Environment(**{**values, "regions": tuple(table.get("regions", (OWN,)))})
