"""What a rule has to say."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Objection:
    """Something that an analyzer or a rule objects to.

    Attributes:
        template: Name of the template without suffix.
        resource: Logical ID, empty when it is about the whole template.
        rule: The rule's name.
        message: What is wrong.
    """

    template: str
    resource: str
    rule: str
    message: str
