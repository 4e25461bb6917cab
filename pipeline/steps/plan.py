"""What Explain saw and a person approved, for Check to compare with."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from serverlessapp.errors import OperatorError
from serverlessapp.template.parameters import is_secret
from serverlessapp.template.reading import Template
from serverlessapp.template.values import canonical

FILE = "plan.json"


@dataclass(frozen=True, kw_only=True)
class StackState:
    """A template, by the SHA-256 of what it says, and parameters.

    Those that CloudFormation shows nobody are left out.
    """

    template: str
    parameters: Mapping[str, str]

    @classmethod
    def of(cls, template: Template, texts: Mapping[str, str | None]) -> "StackState":
        """Return the state of a stack with this template and these parameters."""
        forms = template.section("Parameters")
        digest = hashlib.sha256(canonical(template.content).encode()).hexdigest()
        shown = {
            name: text
            for name, text in sorted(texts.items())
            if text is not None and not is_secret(forms.get(name, {}))
        }
        return cls(template=digest, parameters=shown)

    def differences(self, now: "StackState") -> Iterator[str]:
        """Yield in words what is different now."""
        if self.template != now.template:
            yield "another template"
        for name in sorted(self.parameters.keys() | now.parameters.keys()):
            before, after = self.parameters.get(name), now.parameters.get(name)
            if before != after:
                yield f"parameter {name}: {before!r} -> {after!r}"


@dataclass(frozen=True, kw_only=True)
class RegionPlan:
    """What one Region's change set does."""

    base: StackState | None  # the stack that it was made for; None where there is none yet
    # What the package gives: its template, and the parameters of its configuration.
    wanted: StackState
    changes: tuple[str, ...] = ()  # those of resources, sorted

    def differences(self, now: "RegionPlan") -> Iterator[str]:
        """Yield in words how another plan differs from this one, which was reviewed."""
        if self.base and now.base:
            for words in self.base.differences(now.base):
                yield f"the stack was changed since the review: {words}"
        elif self.base or now.base:
            yield "the stack was deleted" if self.base else "the stack was created"
        for words in self.wanted.differences(now.wanted):
            yield f"differs from what was reviewed: {words}"
        for line in sorted(set(self.changes) ^ set(now.changes)):
            yield f"{'would no longer' if line in self.changes else 'would now also'} {line}"


@dataclass(frozen=True, kw_only=True)
class DeliveryPlan:
    """Of all Regions of an environment, by an execution's ID."""

    environment: str
    execution: str
    regions: Mapping[str, RegionPlan] = field(default_factory=dict)

    def write(self, folder: Path) -> None:
        """Write the plan into a folder."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "DeliveryPlan":
        """Return the plan in a folder."""
        try:
            content = json.loads((folder / FILE).read_text(encoding="utf-8"))
            return cls(
                environment=content["environment"],
                execution=content["execution"],
                regions={
                    name: RegionPlan(
                        base=StackState(**region["base"]) if region["base"] else None,
                        wanted=StackState(**region["wanted"]),
                        changes=tuple(region["changes"]),
                    )
                    for name, region in content["regions"].items()
                },
            )
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise OperatorError(
                f"{folder / FILE} is not a valid plan ({error}): run the Review stage again"
            ) from error
