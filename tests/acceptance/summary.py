"""What a run reports: a table at the terminal, JUnit for report groups, JSON for scripts."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from serverlessapp.report import Report
from tests.acceptance.checks.result import StackResult

STEPS = ("created", "functional", "deleted")


@dataclass(frozen=True, kw_only=True)
class Run:
    """All stacks of a run, and what was wrong with none of them in particular."""

    stacks: Sequence[StackResult]
    problems: Sequence[str]
    seconds: float

    @property
    def passed(self) -> bool:
        return not self.problems and all(stack.passed for stack in self.stacks)


def show(report: Report, run: Run) -> None:
    """Print a row for each stack, then everything that was wrong."""
    rows = [
        (
            stack.test,
            stack.region,
            *("yes" if getattr(stack, step) else "NO" for step in STEPS),
            f"{stack.seconds:.1f}",
        )
        for stack in run.stacks
    ]
    report.table(("test", "Region", *STEPS, "seconds"), rows)
    for stack in run.stacks:
        for failure in stack.failures:
            report.say(f"{stack.test} {stack.region}: {failure}")
    for problem in run.problems:
        report.say(problem)
    good = sum(stack.passed for stack in run.stacks)
    report.say(f"{good} of {len(run.stacks)} stacks passed in {run.seconds:.0f} s")


def write(run: Run, reports: Path) -> None:
    """Write ``taskcat.xml`` and ``taskcat.json``."""
    text = json.dumps({"passed": run.passed, **asdict(run)}, indent=2, ensure_ascii=False) + "\n"
    (reports / "taskcat.json").write_text(text, encoding="utf-8")
    whole = Element("testsuite", name="run")
    add_case(whole, "run", "nothing else went wrong", failure="; ".join(run.problems))
    write_junit(reports / "taskcat.xml", [*map(suite, run.stacks), whole])


def suite(stack: StackResult) -> Element:
    """Return a JUnit suite of one stack: its steps, and the checks that held.

    The words about a failure are with every step that did not succeed.
    """
    element = Element("testsuite", name=f"{stack.test} {stack.region}", time=f"{stack.seconds:.2f}")
    where, words = f"{stack.test}.{stack.region}", "; ".join(stack.failures)
    for check, seconds in stack.checks.items():
        add_case(element, where, check, seconds=seconds)
    for step in STEPS:
        failure = "" if getattr(stack, step) else words or f"not {step}"
        add_case(element, where, step, failure=failure)
    return element


def add_case(
    element: Element, where: str, name: str, *, seconds: float = 0, failure: str = ""
) -> None:
    case = SubElement(element, "testcase", classname=where, name=name, time=f"{seconds:.2f}")
    if failure:
        SubElement(case, "failure", message=failure)


def write_junit(path: Path, suites: Iterable[Element]) -> None:
    """Write a JUnit file, with the numbers of cases and failures in each suite."""
    root = Element("testsuites", name="taskcat")
    for element in suites:
        element.set("tests", str(len(element)))
        element.set("failures", str(len(element.findall("testcase/failure"))))
        root.append(element)
    ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
