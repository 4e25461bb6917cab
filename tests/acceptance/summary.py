"""The one report: a table at the terminal, JUnit for report groups, JSON for scripts."""

import json
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from rich.console import Console
from rich.table import Table

from tests.acceptance.outcome import Outcome, Run

STEPS = ("created", "functional", "deleted")


def show(console: Console, run: Run) -> None:
    """Print a row for each stack, then everything that was wrong."""
    if console.is_terminal:
        table = Table("test", "Region", *STEPS, "seconds")
        for row in rows(run):
            table.add_row(*row)
        console.print(table)
    else:
        for row in (("test", "Region", *STEPS, "seconds"), *rows(run)):
            console.file.write("\t".join(row) + "\n")
    for outcome in run.outcomes:
        for failure in outcome.failures:
            where = f"{outcome.test} {outcome.region}"
            console.print(f"{where}: {failure}", style="red", markup=False, soft_wrap=True)
    for problem in run.problems:
        console.print(problem, style="red", markup=False, soft_wrap=True)
    good = sum(outcome.passed for outcome in run.outcomes)
    console.print(f"{good} of {len(run.outcomes)} stacks passed in {run.seconds:.0f} s")


def rows(run: Run) -> list[tuple[str, ...]]:
    """Return the cells of the table."""
    return [
        (
            outcome.test,
            outcome.region,
            *("yes" if getattr(outcome, step) else "NO" for step in STEPS),
            f"{outcome.seconds:.1f}",
        )
        for outcome in run.outcomes
    ]


def write(run: Run, reports: Path) -> None:
    """Write ``taskcat.xml`` and ``taskcat.json``."""
    text = json.dumps(run.document(), indent=2, ensure_ascii=False) + "\n"
    (reports / "taskcat.json").write_text(text, encoding="utf-8")
    tree = ElementTree(junit(run))
    tree.write(reports / "taskcat.xml", encoding="utf-8", xml_declaration=True)


def junit(run: Run) -> Element:
    """Return a suite with three cases for each stack, and one for the run itself."""
    suites = Element("testsuites", name="taskcat")
    suite = SubElement(suites, "testsuite", name="taskcat", time=f"{run.seconds:.2f}")
    for outcome in run.outcomes:
        for step in STEPS:
            add_case(suite, outcome, step)
    whole = SubElement(suite, "testcase", classname="run", name="nothing else went wrong", time="0")
    if run.problems:
        SubElement(whole, "failure", message="; ".join(run.problems))
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    return suites


def add_case(suite: Element, outcome: Outcome, step: str) -> None:
    """Add one step of a stack; the words are with the first step that did not succeed."""
    case = SubElement(
        suite,
        "testcase",
        classname=f"{outcome.test}.{outcome.region}",
        name=step,
        time=f"{outcome.seconds if step == 'functional' else 0:.2f}",
    )
    if not getattr(outcome, step):
        SubElement(case, "failure", message="; ".join(outcome.failures) or f"not {step}")
