"""The Regions that production may have besides the pipeline's own."""

from dataclasses import dataclass

from troposphere import If, NoValue


@dataclass(frozen=True)
class Region:
    """A Region with an on/off parameter of its own.

    Attributes:
        name: As AWS writes it, like ``us-east-1``.
    """

    name: str

    @property
    def title(self) -> str:
        """Return the name as part of logical IDs and action names: ``UsEast1``."""
        return "".join(part.capitalize() for part in self.name.split("-"))

    @property
    def parameter(self) -> str:
        """Return the name of the parameter that asks for this Region."""
        return f"DeployTo{self.title}"

    @property
    def condition(self) -> str:
        """Return the condition: asked for, and not the pipeline's own Region anyway."""
        return f"In{self.title}"

    def only_here(self, item: object) -> If:
        """Return a list item that exists only when production has this Region."""
        return If(self.condition, item, NoValue)


HOME = "us-west-2"  # where the pipeline is at home unless somebody launches it elsewhere

# CloudFormation has no loops: each of these costs a parameter, a condition, two roles and two
# actions, about 4,000 bytes of the template.
EXTRA = (Region("us-east-1"), Region("eu-west-1"))


def only_in(region: Region | None, item: object) -> object:
    """Return a list item, left out when its Region is; None is the pipeline's own Region."""
    return region.only_here(item) if region else item
