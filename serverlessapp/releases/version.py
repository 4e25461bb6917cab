"""Versions as this project counts them."""

import re
from dataclasses import dataclass

from serverlessapp.diff.model import Bump
from serverlessapp.errors import OperatorError

# Semantic Versioning 2.0.0, items 2, 9 and 10: no pre-release, no build metadata.
RELEASE = r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)"
FORM = re.compile(rf"{RELEASE}(\.dev0)?")


class VersionError(OperatorError):
    """A text that is no version."""


@dataclass(frozen=True, order=True)
class Version:
    """``1.2.3``, or ``1.2.3.dev0`` for what is on its way there."""

    major: int
    minor: int
    patch: int
    is_final: bool = True  # False sorts first: a version under development comes before it

    @classmethod
    def parse(cls, text: str) -> "Version":
        """Return the version that a text names.

        Raises:
            VersionError: It names none.
        """
        match = FORM.fullmatch(text)
        if match is None:
            raise VersionError(f"{text} is not a version such as 1.2.3 or 1.2.3.dev0")
        return cls(int(match[1]), int(match[2]), int(match[3]), is_final=match[4] is None)

    @property
    def final(self) -> "Version":
        """The version that this one is on its way to, or this one."""
        return Version(self.major, self.minor, self.patch)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}{'' if self.is_final else '.dev0'}"


def bump(old: Version, new: Version) -> Bump:
    """Return what was raised from one version to a later one.

    Before 1.0.0, a minor version may do what a major one does later (Semantic Versioning 2.0.0,
    4: "Anything MAY change at any time").
    """
    if new.final <= old.final:
        return Bump.NONE
    if new.major > old.major:
        return Bump.MAJOR
    if new.minor > old.minor:
        return Bump.MAJOR if old.major == 0 else Bump.MINOR
    return Bump.PATCH


def least(old: Version, demanded: Bump) -> Version:
    """Return the lowest version after ``old`` that raises what is demanded."""
    if demanded is Bump.MAJOR and old.major > 0:
        return Version(old.major + 1, 0, 0)
    if demanded is Bump.MINOR or demanded is Bump.MAJOR:
        return Version(old.major, old.minor + 1, 0)
    return Version(old.major, old.minor, old.patch + 1)
