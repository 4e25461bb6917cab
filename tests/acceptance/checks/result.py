"""What became of one stack, as a file: JSON for the summary, JUnit for anybody else."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

from tests.acceptance.checks.subject import Resource


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check that held, and how long it took."""

    name: str
    seconds: float


@dataclass(kw_only=True)
class Result:
    """What was seen of one stack.

    Attributes:
        stack: Its name.
        stack_id: Empty if it was never begun.
        created: Whether CloudFormation completed it.
        checks: Those that held, in order.
        failure: The first expectation that did not; empty when all held.
        resources: What it consisted of, to look for it when the stack is gone.
        kept: Logical IDs of what its template says shall outlive it.
        seconds: From the first look to the last check.
    """

    test: str
    region: str
    stack: str
    stack_id: str = ""
    created: bool = False
    checks: list[Check] = field(default_factory=list)
    failure: str = ""
    resources: list[Resource] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def write(self, folder: Path) -> None:
        """Write ``<test>.<region>.json`` and ``.xml`` into the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{self.test}.{self.region}"
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
        write_junit(folder / f"{name}.xml", [self])

    @classmethod
    def read(cls, path: Path) -> "Result":
        """Return what ``write`` wrote as JSON."""
        content = json.loads(path.read_text(encoding="utf-8"))
        content["checks"] = [Check(**one) for one in content["checks"]]
        content["resources"] = [Resource(**one) for one in content["resources"]]
        return cls(**content)


def write_junit(path: Path, results: Iterable[Result]) -> None:
    """Write a JUnit file: a suite for each stack, a case for each check and for the failure."""
    suites = Element("testsuites", name="taskcat")
    for result in results:
        suite = SubElement(suites, "testsuite", name=f"{result.test} {result.region}")
        for check in result.checks:
            case(suite, result, check.name, check.seconds)
        if result.failure:
            failed = case(suite, result, "failure", 0)
            SubElement(failed, "failure", message=result.failure)
        suite.set("tests", str(len(suite)))
        suite.set("failures", "1" if result.failure else "0")
        suite.set("time", f"{result.seconds:.2f}")
    ElementTree(suites).write(path, encoding="utf-8", xml_declaration=True)


def case(suite: Element, result: Result, name: str, seconds: float) -> Element:
    """Add a test case and return it."""
    where = f"{result.test}.{result.region}"
    return SubElement(suite, "testcase", classname=where, name=name, time=f"{seconds:.2f}")
