"""What a comparison finds."""

from dataclasses import dataclass
from enum import Enum, IntEnum

from serverlessapp.errors import OperatorError


class Risk(IntEnum):
    """How bad it may be. The value is the exit code of ``serverlessapp diff``."""

    SAFE = 0
    REVIEW = 3
    DATA = 4

    @property
    def words(self) -> str:
        """Return it as people say it."""
        return {Risk.SAFE: "safe", Risk.REVIEW: "needs review", Risk.DATA: "data at risk"}[self]


class Bump(IntEnum):
    """What part of the version a change demands to be raised."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


class Replaced(IntEnum):
    """Whether CloudFormation makes a new resource and takes away the old one."""

    NO = 0
    MAYBE = 1
    YES = 2

    @property
    def in_change_set(self) -> str:
        """Return what a change set calls it."""
        return ("False", "Conditional", "True")[self]


class ChangeAction(Enum):
    """What happens to a resource, in the words of a change set."""

    ADD = "Add"
    MODIFY = "Modify"
    REMOVE = "Remove"


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """What happens to one resource."""

    logical_id: str
    resource_type: str
    action: ChangeAction
    replacement: Replaced = Replaced.NO
    properties: tuple[str, ...] = ()  # written differently; and attributes such as DeletionPolicy
    because_of: tuple[str, ...] = ()  # resources it refers to whose change reaches it
    old_type: str = ""  # type before, when it is another one


@dataclass(frozen=True)
class Finding:
    """One thing a person may want to know before the update."""

    risk: Risk
    bump: Bump
    subject: str  # logical ID, or the name of a parameter, output or section
    kind: str  # what happens, in a word or two: replaced, IAM widened ...
    text: str = ""  # why, and what it means


def breaking(subject: str, kind: str, text: str) -> Finding:
    """Return a finding that stops, as it was done before, an update or what reads the stack."""
    return Finding(Risk.REVIEW, Bump.MAJOR, subject, kind, text)


def dangerous(subject: str, kind: str, text: str) -> Finding:
    """Return a finding about data that may be lost."""
    return Finding(Risk.DATA, Bump.MAJOR, subject, kind, text)


def doubtful(subject: str, kind: str, text: str) -> Finding:
    """Return a finding that a person has to look at, and that stops nothing."""
    return Finding(Risk.REVIEW, Bump.MINOR, subject, kind, text)


def harmless(subject: str, kind: str, text: str, bump: Bump) -> Finding:
    """Return a finding that needs no look."""
    return Finding(Risk.SAFE, bump, subject, kind, text)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All findings about one template, the worst first."""

    template: str
    findings: tuple[Finding, ...]
    change_set: tuple[ResourceChange, ...] = ()  # of a stack whose parameters are known


@dataclass(frozen=True, kw_only=True)
class Difference:
    """From one version to another: every template of both."""

    before: str
    after: str
    comparisons: tuple[Comparison, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings."""
        return tuple(finding for comparison in self.comparisons for finding in comparison.findings)

    @property
    def risk(self) -> Risk:
        """The worst risk."""
        return max((finding.risk for finding in self.findings), default=Risk.SAFE)

    @property
    def bump(self) -> Bump:
        """What the version needs at least."""
        return max((finding.bump for finding in self.findings), default=Bump.NONE)


class ComparisonError(OperatorError):
    """Something cannot be compared; the message says what and why."""
