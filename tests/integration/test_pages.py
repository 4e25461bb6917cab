"""The commands of pages that are no runbook, as printed, each page's in a checkout of its own.

A page says of a block that this test runs it; what is in capitals is given by the test.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.emulator import SHELL_REGION, Emulator, EmulatorSession
from tests.fixture_lanes import FORK
from tests.house import House
from tests.unit.test_commands import blocks

from .conftest import Deployment
from .test_emulator import ROOT
from .test_newcomer import NO_INDEX

OURS = "tests/integration/test_pages.py"
PAGES = sorted({block.page for block in blocks() if block.mark == ("run by", OURS)})
OF_A_STACK = ("docs/ledger.md", "docs/updates.md", "docs/versions.md")  # called files, with a file
BUCKET = "templates-and-packages"
GIVEN = {
    "YOUR_BUCKET": BUCKET,
    "BUCKET": BUCKET,
}
# An exit code from 3 to 7 is what a command found out.
TRAP = "trap 'code=$?; [ $code -ge 3 ] && [ $code -le 7 ] || exit $code' ERR\nset -E -o pipefail\n"


def prepare(session: EmulatorSession, house: House) -> None:
    """Make what the pages take for granted: a bucket, another's, a running stack, two templates."""
    s3: Any = session.client("s3")
    where = {"LocationConstraint": SHELL_REGION}
    for name in (BUCKET, "company-files"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=where)
    s3.put_bucket_versioning(Bucket="company-files", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(
        Bucket="company-files", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    for name, release in (("old", "0.1.0"), ("new", "0.2.0")):
        source = house.folder / "templates/releases" / release / "application.template.json"
        shutil.copy(source, house.folder / f"{name}.json")
    csv = shutil.copytree(FORK / "csv", house.folder / "processors" / "csv") / "processor.toml"
    # Beside a processor that takes all files.
    csv.write_text(csv.read_text().replace("[uploads]\n", '[uploads]\nsource = "eventbridge"\n'))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_prints(page: str, tmp_path: Path) -> None:
    house, given = House(tmp_path / "a house"), dict(GIVEN)
    with Emulator() as emulator:
        session = emulator.session(SHELL_REGION)
        prepare(session, house)
        if page in OF_A_STACK:
            released = house.folder / "templates/releases/0.2.0/application.template.json"
            stack = Deployment(session, "files", {})
            stack.update(released.read_text(encoding="utf-8"))
            stack.upload("a.csv", b"a")
            stack.wait_for_receipt("a.csv")
        if page == "docs/deploy-role.md":
            role = Deployment(session, "deploy-role-prod", {"EnvironmentSuffix": "prod"})
            role.update((ROOT / "templates/deploy-role.yaml").read_text(encoding="utf-8"))
            given["DEPLOY_ROLE_ARN"] = role.outputs["DeployRoleArn"]
            given["BOUNDARY_ARN"] = role.outputs["PermissionsBoundaryArn"]
        (house.folder / ".venv").symlink_to(sys.prefix)
        first = ""
        for block in blocks():
            if (block.page, block.mark) == (page, ("run by", OURS)):
                run(first + block.commands, house, session, given)
                if block.commands.startswith("export "):  # in each terminal
                    first = block.commands


def run(commands: str, house: House, session: EmulatorSession, names: Mapping[str, str]) -> None:
    """Run a block in bash; every line has to succeed."""
    for program in ("jq", "shasum"):
        if re.search(rf"\b{program} ", commands) and not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    digests = [path.stem.removeprefix("csv-") for path in house.folder.glob("dist/csv-*.zip")]
    given = {**names, "DIGEST": "".join(digests)}
    filled = re.sub(r"\b[A-Z_]{6,}\b", lambda name: given.get(name[0], name[0]), commands)
    # What tox runs, without an environment of its own, which would take minutes.
    filled = re.sub(r"\btox run -e (\w+)", lambda env: "\n".join(house.commands(env[1])), filled)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    passed = {name: os.environ[name] for name in os.environ if not name.startswith("GIT_")}
    done = subprocess.run(
        ["/bin/bash", "-c", f"{TRAP}{filled}:"],
        cwd=house.folder,
        env={
            **passed,
            **session.environment,
            "PATH": os.environ["PATH"] if "export PATH=" in commands else path,
            "PYTHONPATH": str(house.folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    if done.returncode and any(words in said.lower() for words in NO_INDEX):
        pytest.skip(f"no package index can be reached: {said[-300:]}")
    assert done.returncode == 0, f"{filled}\n{said}"
