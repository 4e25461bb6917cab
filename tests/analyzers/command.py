"""Runs every gate over the templates, side by side."""

import argparse
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from generators.accepted import Accepted
from generators.command import TEMPLATES
from serverlessapp.rules.policies import rules, templates
from serverlessapp.rules.policies.findings import Finding
from tests.analyzers import acceptances, analyzers, operators, report
from tests.analyzers.processes import AnalyzerError
from tests.analyzers.report import Outcome
from tests.analyzers.verdict import judge

EXAMPLES = """\
examples:
  tox run -e security                     all gates, in environments made for them
  tox run -e security -- --reasons        also what was accepted, and why

exit codes: 0 every finding is explained, 1 one is not or an explanation is needless,
2 an analyzer could not look
"""

Gate = Callable[[], Iterable[Finding]]

# Which acceptances are whose, by how the gate names its rules.
CHECKOV, CFN_LINT = ("CKV_", "CKV2_"), ("E", "W", "I")


def gates(folder: Path, programs: Path) -> Mapping[str, Gate]:
    """Return each gate by its name."""
    return {
        "cfn-lint": partial(analyzers.cfn_lint, folder),
        "checkov": partial(analyzers.checkov, folder, programs),
        "cfripper": partial(analyzers.cfripper, folder, programs),
        "rules": partial(own, folder),
    }


def own(folder: Path) -> Iterable[Finding]:
    """Yield what our own rules find, in the templates and in the code that makes them."""
    yield from rules.findings(templates.read(folder))
    for message in operators.repeated():
        yield Finding(template="", resource="", rule="operator-once", message=message)


def owner(rule: str) -> str:
    """Return the gate that a rule belongs to, by the shape of its name."""
    if rule.startswith(CHECKOV):
        return "checkov"
    if rule.startswith(CFN_LINT) and rule[1:].isdigit():
        return "cfn-lint"
    return "rules" if rule == rule.lower() else "cfripper"


def judged(name: str, gate: Gate, accepted: Iterable[Accepted]) -> Outcome:
    """Run a gate and return its outcome."""
    started = time.monotonic()
    try:
        verdict = judge(gate(), (item for item in accepted if owner(item.rule) == name))
    except AnalyzerError as error:
        return Outcome(gate=name, seconds=time.monotonic() - started, failure=str(error))
    return Outcome(gate=name, seconds=time.monotonic() - started, verdict=verdict)


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.analyzers",
        description="Analyze the templates: cfn-lint, checkov, CFRipper and our own rules.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--programs", type=Path, required=True, metavar="DIR", help="with checkov and cfripper"
    )
    parser.add_argument("--reasons", action="store_true", help="show what was accepted, and why")
    parser.add_argument("--templates", type=Path, default=TEMPLATES, metavar="DIR")
    arguments = parser.parse_args(argv)
    if not templates.read(arguments.templates):
        parser.error(f"there is no *{templates.SUFFIX} in {arguments.templates}")
    accepted = list(acceptances.collect())
    chosen = gates(arguments.templates, arguments.programs)
    with ThreadPoolExecutor(len(chosen)) as pool:
        running = [pool.submit(judged, name, gate, accepted) for name, gate in chosen.items()]
        outcomes = [future.result() for future in running]
    report.show(outcomes, reasons=arguments.reasons)
    if any(outcome.failure for outcome in outcomes):
        return 2
    return 0 if all(outcome.holds for outcome in outcomes) else 1
