"""What has to be proved of a template: all of it follows from its lanes."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from generators.application import build
from generators.extension import no_grants
from generators.lanes import Lane, load
from generators.render import render
from generators.retention import Retention
from generators.source import UploadSource
from serverlessapp.template import reading

from . import attacks_by_functions, attacks_by_others, shared_paths
from .attack import PROCESSOR, Attack, attacks_of, of_lane
from .attacks_by_functions import beside_results
from .grants import Grant, Guard, Statement, statements
from .paths import Path as StackPath
from .paths import paths_of

# Importing them enters what is in them.
ENTERED = (attacks_by_functions, attacks_by_others, shared_paths)
ROOT = Path(__file__).resolve().parents[3]
KINDS = ("IngestQueue", "DeadLetterQueue", "Ledger", PROCESSOR)  # what a lane has with a policy


@dataclass(frozen=True)
class Proof:
    """A template's grants and guards, and the paths and attacks that show what they are for."""

    lanes: tuple[Lane, ...]
    source: UploadSource = UploadSource.OWN_BUCKET

    @cached_property
    def template(self) -> str:
        """The template with everything that can be granted, as YAML."""
        return render(build(Retention.EPHEMERAL, self.lanes, source=self.source)).decode()

    @cached_property
    def statements(self) -> list[Statement]:
        return statements(reading.load(self.template))

    @cached_property
    def by_sid(self) -> dict[tuple[str, str], Statement]:
        return {(each.holder, each.sid): each for each in self.statements}

    @cached_property
    def grants(self) -> list[Grant]:
        return [grant for each in self.statements if each.allows for grant in each.grants()]

    @cached_property
    def paths(self) -> dict[str, StackPath]:
        return paths_of(self.lanes)

    @cached_property
    def attacks(self) -> list[Attack]:
        return [*attacks_of(self.lanes), *self.attacks_on_results()]

    @cached_property
    def owners(self) -> dict[str, Lane]:
        """Logical ID of what a lane has with a policy -> the lane."""
        return {lane.logical_id(kind): lane for lane in self.lanes for kind in KINDS}

    @cached_property
    def own(self) -> list[Statement]:
        """Statements of the lanes' own ``permissions.py``."""
        plain = Proof(tuple(replace(lane, grants=no_grants) for lane in self.lanes))
        return [each for each in self.statements if (each.holder, each.sid) not in plain.by_sid]

    def attacks_on_results(self) -> Iterator[Attack]:
        """Yield an attack for each lane's own grant to write to a part of the upload bucket."""
        for each in self.own:
            narrow = any(resource.startswith("UploadBucket/") for resource in each.resources)
            if each.allows and narrow and "s3:PutObject" in each.actions:
                lane = self.owners[each.holder]
                yield Attack(
                    name=of_lane(lane, f"processor writes beside what {each.sid} lets it"),
                    guard=Guard(each.holder, each.sid, "Resource"),
                    attempt=partial(beside_results, lane=lane),
                    stack="keyless",  # the key would stop it, too
                )

    def advice(self, grant: Grant) -> str:
        """Return what to do about a grant that nothing needs."""
        lane, name = self.owners.get(grant.holder), " ".join(grant[1:])
        if lane and self.by_sid[grant.holder, grant.sid] in self.own:
            folder = lane.processor.folder.name
            return (
                f"processor {lane.name}: none of its samples needs {name}: add one that does to "
                f"{folder}/samples, or drop the grant in {folder}/permissions.py"
            )
        if lane and not lane.is_first:
            return (
                f"processor {lane.name}: none of its samples needs {name}, as those of others do: "
                "add one that context.open() reads"
            )
        return "no path needs it: take it out, or write the path that does"


HOUSE = Proof(load(ROOT / "processors"))
