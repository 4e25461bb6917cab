"""What a security analyzer finds and we keep: declared beside the resource, with the reason.

Declared in code and not in the resource's ``Metadata``, because a template has no bytes to spare
and whoever deploys it has no use for them. ``python -m tests.analyzers`` fails for a finding that nobody
accepted, and for an acceptance that nothing needs any more. ADR 0013.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """One finding that stays. A module lists its own in a constant named ``ACCEPTED``.

    Attributes:
        resource: Logical ID of the resource.
        rule: What the analyzer calls the finding, for example ``CKV_AWS_18``.
        reason: Why it is not repaired; one sentence.
        templates: Pattern of the names of the templates it is found in, without their suffix.
    """

    resource: str
    rule: str
    reason: str
    templates: str = "*"

    def covers(self, template: str, resource: str, rule: str) -> bool:
        """Tell whether this is about the finding."""
        return (resource, rule) == (self.resource, self.rule) and fnmatchcase(
            template, self.templates
        )
