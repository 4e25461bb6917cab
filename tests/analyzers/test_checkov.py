"""checkov finds nothing that a resource does not skip with a reason, and no skip is needless."""

import copy
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from serverlessapp.template.reading import load
from tests.analyzers.offline import run

TEMPLATES = {
    path: load(path.read_bytes())
    for path in sorted((Path(__file__).resolve().parents[2] / "templates").glob("*.yaml"))
}

Checks = list[dict[str, Any]]
Names = set[tuple[str, str, str]]  # template, logical ID, check

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checks]:
    """What checkov says of each template twice: as it is, and without what it skips."""
    folder = tmp_path_factory.mktemp("checkov")
    for name in ("whole", "bare"):
        (folder / name).mkdir()
    for path, template in TEMPLATES.items():
        shutil.copy(path, folder / "whole")
        bare = copy.deepcopy(template)
        for resource in bare["Resources"].values():
            resource["Metadata"].pop("checkov", None)
        (folder / "bare" / f"{path.stem}.json").write_text(json.dumps(bare), encoding="utf-8")
    # --skip-download, BC_SKIP_MAPPING: it asks its makers nothing.
    program = Path(os.environ["ANALYZERS"]) / "checkov"  # see tox.ini, security
    command = (program, "--directory", ".", "--framework", "cloudformation", "--skip-download")
    said = run(*command, "--compact", "--output", "json", folder=folder, BC_SKIP_MAPPING="TRUE")
    return json.loads(said)["results"]  # type: ignore[no-any-return]


def names(checks: Checks, folder: str) -> Names:
    """Return what checks are about, of those in a folder."""
    return {
        (Path(check["file_path"]).stem, check["resource"].rpartition(".")[2], check["check_id"])
        for check in checks
        if check["file_path"].startswith(f"/{folder}/")
    }


def skips() -> Iterator[tuple[str, str, str]]:
    for path, template in TEMPLATES.items():
        for title, resource in template["Resources"].items():
            for skip in resource["Metadata"].get("checkov", {}).get("skip", []):
                assert len(skip["comment"]) > 20, (path, title, skip)
                yield path.stem, title, skip["id"]


@pytest.mark.parametrize("folder", ["whole", "bare"])
def test_it_looked_at_every_template(report: dict[str, Checks], folder: str) -> None:
    assert not report["parsing_errors"]
    looked_at = {template for template, _, _ in names(report["passed_checks"], folder)}
    assert looked_at == {path.stem for path in TEMPLATES}


def test_it_finds_nothing(report: dict[str, Checks]) -> None:
    assert names(report["failed_checks"], "whole") == set()


def test_it_finds_what_is_skipped_and_nothing_else_is_skipped(report: dict[str, Checks]) -> None:
    assert names(report["failed_checks"], "bare") == set(skips())
