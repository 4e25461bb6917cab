"""What a new version must fulfil: a high enough number, and no silent danger to data."""

from serverlessapp.diff.model import Difference, Risk
from serverlessapp.releases import changelog
from serverlessapp.releases.changelog import ChangelogEntry
from serverlessapp.releases.version import Version, VersionError, bump, least


def unannounced(difference: Difference, entries: list[ChangelogEntry]) -> list[str]:
    """Return the resources whose data is at risk without a word in the changelog."""
    endangered = sorted(
        {finding.subject for finding in difference.findings if finding.risk is Risk.DATA}
    )
    return [name for name in endangered if not any(entry.announces(name) for entry in entries)]


def unannounced_here(difference: Difference, before: str, after: str) -> list[str]:
    """Return the same by the changelog of the checkout that one stands in; elsewhere, nothing.

    It is not about templates that are not ours. Where one of the two is no version of ours, no
    entry is about the way between them.
    """
    if not changelog.CHANGELOG.exists() or not (before or after):
        return []
    try:
        old, new = Version.parse(before), Version.parse(after)
    except VersionError:
        return unannounced(difference, [])
    entries = changelog.read(changelog.CHANGELOG)
    return unannounced(difference, changelog.between(entries, old, new))


def violations(
    old: Version, new: Version, difference: Difference, entries: list[ChangelogEntry]
) -> list[str]:
    """Return why a version may not follow the last released one; nothing when it may."""
    reasons = [
        f'the changelog does not mention {name}: write "replaces resource {name}" or similar in '
        "the section"
        for name in unannounced(difference, entries)
    ]
    if difference.findings and bump(old, new) < difference.bump:
        reasons.append(
            f"{new} is too low after {old}: the change is {difference.bump.name.lower()}, so it "
            f"must be at least {least(old, difference.bump)} (CONTRIBUTING.md, Versions)"
        )
    return reasons
