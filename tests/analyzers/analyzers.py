"""What other people's analyzers say of the templates."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from serverlessapp.rules.policies.arns import ACCOUNT
from serverlessapp.rules.policies.findings import Finding
from serverlessapp.rules.policies.templates import SUFFIX, Template, read
from tests.analyzers.branches import decided
from tests.analyzers.processes import AnalyzerError, parsed, run

ROOT = Path(__file__).resolve().parents[2]


def cfn_lint(folder: Path) -> Iterator[Finding]:
    """Yield what cfn-lint finds, in the Regions and with the rules of ``.cfnlintrc``.

    Raises:
        AnalyzerError: It could not do its work.
    """
    program = Path(sys.executable).with_name("cfn-lint")
    paths = sorted(map(str, folder.resolve().glob(f"*{SUFFIX}")))
    with tempfile.TemporaryDirectory() as home:
        command = [str(program), "--format", "json", "--non-zero-exit-code", "none", *paths]
        found = parsed("cfn-lint", run(command, folder=ROOT, home=Path(home)))
    for match in found:
        path = match["Location"].get("Path") or []
        yield Finding(
            template=name_of(match["Filename"]),
            resource=str(path[1]) if len(path) > 1 and path[0] == "Resources" else "",
            rule=match["Rule"]["Id"],
            message=match["Message"],
        )


def checkov(folder: Path, programs: Path) -> Iterator[Finding]:
    """Yield what checkov finds. ``--skip-download``: it asks its makers nothing.

    Raises:
        AnalyzerError: It could not do its work, or not read a template.
    """
    command = [str(programs / "checkov"), "--directory", ".", "--framework", "cloudformation"]
    command += ["--skip-download", "--compact", "--output", "json"]
    with tempfile.TemporaryDirectory() as home:
        said = run(command, folder=folder, home=Path(home), variables={"BC_SKIP_MAPPING": "TRUE"})
    report = parsed("checkov", said)
    if "results" not in report or report["summary"]["parsing_errors"]:
        raise AnalyzerError(f"checkov could not read the templates: {said[:500]}")
    results = report["results"]
    checks = (*results["passed_checks"], *results["failed_checks"])
    checked = {name_of(check["file_path"]) for check in checks}
    if missing := {template.name for template in read(folder)} - checked:
        raise AnalyzerError(f"checkov did not look at {', '.join(sorted(missing))}")
    for check in results["failed_checks"]:
        yield Finding(
            template=name_of(check["file_path"]),
            resource=check["resource"].rpartition(".")[2],
            rule=check["check_id"],
            message=check["check_name"],
        )


def cfripper(folder: Path, programs: Path) -> Iterator[Finding]:
    """Yield what CFRipper finds, in each template with its conditions true and with them false.

    Raises:
        AnalyzerError: It could not do its work.
    """
    for conditions in (True, False):
        for template in read(folder):
            yield from cfripper_of(template, conditions, programs)


def cfripper_of(template: Template, conditions: bool, programs: Path) -> Iterator[Finding]:
    """Yield what CFRipper finds in one template, decided one way."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / f"{template.name}.json"
        path.write_text(json.dumps(decided(template, conditions=conditions)), encoding="utf-8")
        command = [str(programs / "cfripper"), str(path), "--format", "json"]
        command += ["--aws-account-id", ACCOUNT, "--logging", "ERROR"]
        result = parsed("cfripper", run(command, folder=Path(home), home=Path(home)))
    if result["exceptions"]:
        raise AnalyzerError(f"cfripper failed on {template.name}: {result['exceptions']}")
    for failure in result["failures"]:
        for resource in failure["resource_ids"] or [""]:
            yield Finding(
                template=template.name,
                resource=resource,
                rule=failure["rule"],
                message=failure["reason"],
            )


def name_of(path: str) -> str:
    """Return a template's name from the path of its file."""
    return Path(path).name.removesuffix(SUFFIX)
