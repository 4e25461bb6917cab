"""Which files make an artifact, by the patterns of a buildspec.

Source: CodeBuild User Guide, "Build specification reference", ``artifacts``: a pattern is relative
to ``base-directory``, ``**/*`` is every file below, and a build whose patterns match nothing fails.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from serverlessapp.template.values import Json


class NothingMatchesError(Exception):
    """No file matches."""


def matching(source: Path, section: Json) -> tuple[Path, list[Path]]:
    """Return the folder that paths are relative to, and the files, sorted.

    Args:
        source: Where the build started.
        section: With ``files``, perhaps ``base-directory`` and ``exclude-paths``.

    Raises:
        NothingMatchesError: There are no such files, or no such folder.
    """
    base = source / str(section.get("base-directory", "."))
    wanted, unwanted = patterns(section, "files"), patterns(section, "exclude-paths")
    found = [
        path
        for path in sorted(base.rglob("*"))
        if path.is_file()
        and matches(path.relative_to(base).as_posix(), wanted)
        and not matches(path.relative_to(base).as_posix(), unwanted)
    ]
    if not found:
        raise NothingMatchesError(f"no file matches {', '.join(wanted)} in {base.name or '.'}")
    return base, found


def patterns(section: Json, key: str) -> list[str]:
    """Return the patterns of a section; one may stand alone."""
    found: Any = section.get(key, [])
    return [str(item) for item in (found if isinstance(found, list) else [found])]


def matches(path: str, wanted: Sequence[str]) -> bool:
    """Tell whether a path matches one of some patterns."""
    return any(re.fullmatch(expression(pattern), path) for pattern in wanted)


def expression(pattern: str) -> str:
    """Return a pattern as a regular expression; ``**/`` is any folder, or none."""
    parts = {r"\*\*/": "(?:.*/)?", r"\*\*": ".*", r"\*": "[^/]*", r"\?": "[^/]"}
    escaped = re.escape(pattern.removeprefix("./"))
    return re.sub(r"\\\*\\\*/|\\\*\\\*|\\\*|\\\?", lambda m: parts[m[0]], escaped)
