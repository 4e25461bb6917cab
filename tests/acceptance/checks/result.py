"""What became of one stack; a file hands it from taskcat's hook to our command."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(kw_only=True)
class StackResult:
    """What became of the stack of one test in one Region."""

    test: str
    region: str
    stack_id: str = ""  # empty as long as none was seen
    created: bool = False  # CloudFormation completed it
    functional: bool = False  # every check held
    deleted: bool = False  # it is gone, with all it had but what it was to keep
    # Seconds that each check took which held, in order.
    checks: dict[str, float] = field(default_factory=dict)
    # What was wrong, in words, first things first.
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0  # that the checks took, with the wait for the stack

    @property
    def passed(self) -> bool:
        return self.created and self.functional and self.deleted

    def write(self, folder: Path) -> None:
        """Write ``<test>.<region>.json`` into the folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
        (folder / f"{self.test}.{self.region}.json").write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path, test: str, region: str) -> "StackResult":
        """Return what ``write`` wrote, or a result that says that nothing did."""
        path = folder / f"{test}.{region}.json"
        if path.is_file():
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        failure = "taskcat ended before anybody looked at the stack"
        return cls(test=test, region=region, failures=[failure])
