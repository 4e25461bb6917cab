"""The packages of processors in an artifact, and what they are called in buckets."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generators.lanes import Lane
from serverlessapp.package import package

CODE, CONFIGURATIONS = "code", "configurations"  # folders of the artifact


@dataclass(frozen=True, kw_only=True)
class PackageUse:
    """A package that a configuration names."""

    file: str  # the configuration's name
    region: str  # where the bucket has to be
    bucket: str
    key: str


def make(lanes: Sequence[Lane], output: Path, platform: str) -> dict[str, str]:
    """Write the package of each lane that needs one; return its key by the parameter for it."""
    made = {}
    for lane in lanes:
        if not lane.is_first:
            folder = lane.processor.folder
            zipped = package.make(folder, output=output, platform=platform).archive.path
            made[lane.parameter("CodeKey")] = key(zipped)
    return made


def key(path: Path) -> str:
    """Return the key of a package: ``csv/<digest>.zip``, if it is ``csv-<digest>.zip``."""
    lane, _, digest = path.name.rpartition("-")
    return f"{lane}/{digest}"


def used(dist: Path) -> Iterator[PackageUse]:
    """Yield what an artifact's configurations name."""
    for path in sorted((dist / CONFIGURATIONS).glob("*.json")):
        given = json.loads(path.read_text(encoding="utf-8"))["Parameters"]
        _, region, _ = path.name.rsplit(".", 2)
        for name, value in sorted(given.items()):
            if is_key(name) and value:
                yield PackageUse(
                    file=path.name, region=region, bucket=given["CodeBucket"], key=value
                )


def is_key(parameter: str) -> bool:
    """Tell whether a parameter of the application names a package."""
    return parameter.endswith("CodeKey")
