"""What a rule has to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """Something that will not work.

    Attributes:
        path: Where in the template.
        message: What is wrong and what to change.
        structural: Nothing else can be said before it is repaired.
        given: The values of parameters it takes, if it is not there always.
    """

    path: str
    message: str
    structural: bool = False
    given: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)

    def __str__(self) -> str:
        """Return it for people."""
        given = ", ".join(f"{name}={value}" for name, value in self.given.items())
        return f"{self.path}\n    {self.message}" + (f"\n    with {given}" if given else "")
