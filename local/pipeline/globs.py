"""Which files make an artifact, by the patterns of a buildspec.

Source: CodeBuild User Guide, "Build specification reference", ``artifacts``: a pattern is relative
to ``base-directory``, ``**/*`` is every file below, and a build whose patterns match nothing fails.
"""

from pathlib import Path

from local.pipeline.errors import PipelineError
from serverlessapp.template.parameters import Json


class NothingMatchesError(PipelineError):
    """No file matches."""


def matching(source: Path, section: Json) -> tuple[Path, list[Path]]:
    """Return the folder that paths are relative to, and the files, sorted.

    Args:
        source: Where the build started.
        section: With ``files``, perhaps ``base-directory`` and ``exclude-paths``.
    """
    base = source / str(section.get("base-directory", "."))
    wanted, unwanted = (
        {path for pattern in patterns(section, key) for path in base.glob(pattern)}
        for key in ("files", "exclude-paths")
    )
    files = sorted(path for path in wanted - unwanted if path.is_file())
    if not files:
        told = ", ".join(patterns(section, "files"))
        raise NothingMatchesError(f"no file matches {told} in {base.name or '.'}")
    return base, files


def patterns(section: Json, key: str) -> list[str]:
    """Return the patterns of a section; one may stand alone."""
    given = section.get(key, [])
    return [str(pattern) for pattern in (given if isinstance(given, list) else [given])]
