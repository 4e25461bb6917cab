"""What taskcat is to make: ``.taskcat.yml``, as taskcat itself reads it."""

import json
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pipeline.taskcat_tests import CONFIG
from serverlessapp.errors import OperatorError

OVERRIDES = ".taskcat_overrides.yml"
READER = Path(__file__).parent / "plugins" / "read_configuration.py"
# A run gives taskcat these, because it finds stacks and buckets by the names they lead to.
NEEDED = {
    "TASKCAT_PROJECT_SHORTEN_STACK_NAME": "true",
    "TASKCAT_PROJECT_S3_REGIONAL_BUCKETS": "true",
}
# What a run cannot keep to: it names stacks and buckets otherwise, acts as somebody else, or takes
# the place of our own hook.
REFUSED = {
    *("artifact_regions", "auth", "prehooks", "role_name", "s3_bucket"),
    *("stack_name", "stack_name_prefix", "stack_name_suffix"),
}


@dataclass(frozen=True, kw_only=True)
class TaskcatTest:
    """One test: a template and parameters, made in each Region."""

    name: str
    template: Path
    regions: tuple[str, ...]
    parameters: Mapping[str, str]


def read(project: Path, program: Path) -> list[TaskcatTest]:
    """Return the tests of a project; taskcat's Python is beside its program.

    Raises:
        OperatorError: taskcat is not installed, cannot use the file, or it asks for what a run
            cannot do.
    """
    path = project / CONFIG
    if (project / OVERRIDES).exists():
        raise OperatorError(f"parameters in {OVERRIDES} are not read: write them into {CONFIG}")
    command = [program.with_name("python"), "-W", "ignore", READER, project]
    try:
        done = subprocess.run(
            [str(word) for word in command],
            env=NEEDED,  # nothing of this machine
            capture_output=True,
            check=True,
            text=True,
        )
        tests = json.loads(done.stdout).items()
        return [completed(project, name, settings) for name, settings in tests]
    except FileNotFoundError as error:
        raise OperatorError(f"{program} is missing; run: tox run -e taskcat") from error
    except subprocess.CalledProcessError as error:
        raise OperatorError(f"{path} cannot be used: {error.stderr.strip()}") from error
    except ValueError as error:
        raise OperatorError(f"{path} cannot be used: {error}") from error


def completed(project: Path, name: str, settings: Mapping[str, Any]) -> TaskcatTest:
    """Return a test with all its settings.

    Raises:
        ValueError: They make no test, or ask for what a run cannot do; says why.
    """
    for missing in sorted({"regions", "template"} - settings.keys()):
        raise ValueError(f"test {name} has no {missing}, and neither has the project")
    for refused in sorted(REFUSED & settings.keys()):
        raise ValueError(f"test {name} has {refused}, which a run cannot keep to")
    relative = Path(settings["template"])
    template = project / relative
    if relative.is_absolute() or ".." in relative.parts or not template.is_file():
        raise ValueError(f"test {name}: there is no template {relative} below the project")
    return TaskcatTest(
        name=name,
        template=template,
        regions=tuple(settings["regions"]),
        parameters={key: str(value) for key, value in settings.get("parameters", {}).items()},
    )


def select(
    tests: Sequence[TaskcatTest], names: Collection[str], regions: Collection[str]
) -> list[TaskcatTest]:
    """Return the tests of these names, in these Regions; where none are given, in all.

    Raises:
        OperatorError: There is no such test, or none of them has the Region.
    """
    known = {test.name: test for test in tests}
    for name in names:
        if name not in known:
            raise OperatorError(f"there is no test {name}: {', '.join(known)}")
    chosen = [test for test in tests if not names or test.name in names]
    there = {region: None for test in chosen for region in test.regions}
    for region in regions:
        if region not in there:
            raise OperatorError(f"no test has the Region {region}: {', '.join(there)}")
    wanted = regions or there
    trimmed = [
        replace(test, regions=tuple(r for r in test.regions if r in wanted)) for test in chosen
    ]
    return [test for test in trimmed if test.regions]
