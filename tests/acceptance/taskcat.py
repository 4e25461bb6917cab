"""taskcat: the files it gets to see, and its own command line.

taskcat uploads everything below its project root, reads ``~/.taskcat.yml``, and lets a profile in
``~/.aws`` win over the credentials it is given. So it gets a home made for it, with a project in it
that has what it needs, and nothing else of this machine.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import yaml

from generators import lanes
from pipeline.taskcat_tests import CONFIG, EXAMPLE, EXAMPLE_NAME, boundary_of, package_path
from serverlessapp.errors import OperatorError
from serverlessapp.package import package
from serverlessapp.processors.definition import FIRST
from tests.acceptance.configuration import NEEDED, TaskcatTest

ROOT = Path(__file__).resolve().parents[2]
# What taskcat may know of this machine. Everything else, AWS profiles above all, stays outside.
PASSED_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "SSL_CERT_FILE")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@contextmanager
def home_with(
    project: Path, tests: Iterable[TaskcatTest], platform: str, account: str
) -> Iterator[Path]:
    """Yield a home with a copy of what taskcat needs of a project, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="serverlessapp-taskcat-") as place:
        home = Path(place)
        # For all tests: our plugin that makes taskcat's report work without a network, and the
        # boundary, which counts before what .taskcat.yml says.
        general = {"prehooks": [{"type": "offline"}], "parameters": boundary_of(account)}
        (home / CONFIG).write_text(yaml.safe_dump({"general": general}), encoding="utf-8")
        for path in {project / CONFIG, *(test.template for test in tests)}:
            copy = home / "project" / path.relative_to(project)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        for name, folder in packaged_folders().items():
            packaged = package.make(folder, output=home / "package", platform=platform)
            archive = home / "project" / package_path(name)
            archive.parent.mkdir(exist_ok=True)
            packaged.archive.path.rename(archive)
        yield home


def packaged_folders() -> dict[str, Path]:
    """Return the folders that .taskcat.yml wants packages of, by the packages' names."""
    folders = {lane.name: lane.processor.folder for lane in lanes.load()}
    if folders.pop(FIRST, None):
        folders[EXAMPLE_NAME] = ROOT / EXAMPLE
    return folders


def run(
    home: Path,
    tests: Sequence[TaskcatTest],
    *,
    program: Path,
    bucket: str,
    results: Path,
    variables: Mapping[str, str],
    show: Callable[[str], None],
) -> int:
    """Run tests and return taskcat's exit code.

    taskcat deletes its stacks on one SIGINT, and gives that up on another; so it gets one from
    here, and none of a terminal's.

    Args:
        home: Of ``home_with``.
        tests: Of what is in it, and only in their Regions.
        program: taskcat's executable.
        bucket: Beginning of the names of its artifact buckets; a Region follows.
        results: Folder of its report, its log and what our plugins see.
        variables: Of the environment: who it is, and where AWS is.
        show: Gets each line, at once.
    """
    # Not its lint: that reads each template with all rules once for each test and Region, half a
    # minute for what the environment "templates" does in seconds.
    command = [str(program), "test", "run", "--minimal-output", "--lint-disable"]
    command += ["--project-root", str(home / "project"), "--output-directory", str(results)]
    command += ["--test-names", ",".join(test.name for test in tests)]
    command += ["--regions", ",".join({region: None for test in tests for region in test.regions})]
    environment = {
        **{name: os.environ[name] for name in PASSED_ENVIRONMENT if name in os.environ},
        "HOME": str(home),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": f"{ROOT / 'tests/acceptance/plugins'}{os.pathsep}{ROOT}",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",  # about pkg_resources, which taskcat imports
        # For our plugins.
        "ACCEPTANCE_RESULTS": str(results),
        "ACCEPTANCE_PROCESSORS": str(lanes.PROCESSORS),
        # taskcat's settings of the project.
        "TASKCAT_PROJECT_S3_BUCKET": bucket,
        **NEEDED,
        **variables,
    }
    try:
        process = subprocess.Popen(
            command,
            cwd=home,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise OperatorError(f"{program} is missing; run: tox run -e taskcat") from error
    with process:
        try:
            relay(process, results / "taskcat.log", show)
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            show("[ERROR] : interrupted; taskcat deletes its stacks")
            relay(process, results / "taskcat.log", show)
            raise
    return process.returncode


def relay(process: subprocess.Popen[str], log: Path, show: Callable[[str], None]) -> None:
    """Pass on what the process prints until it has nothing more to say."""
    with log.open("a", encoding="utf-8") as file:
        for line in process.stdout or ():
            plain = COLOUR.sub("", line).rstrip()
            file.write(plain + "\n")
            file.flush()
            if plain:
                show(plain)
