"""The last results: of tests, the demo and the pipeline, as far as run here."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from handbook.html import section, table

NOT_RUN = "<p>{what}: not run here. <code>{command}</code></p>"


class ResultError(Exception):
    """A file of results cannot be read; the message says which and why."""


@dataclass(frozen=True)
class Suite:
    """A run of tests."""

    name: str
    tests: int
    failed: int
    skipped: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Results:
    """What is there; everything else was not run here.

    Attributes:
        demo: As ``python -m local demo --json`` writes it.
        pipeline: As ``python -m local pipeline --json`` writes it.
    """

    suites: tuple[Suite, ...] = ()
    demo: Mapping[str, Any] | None = None
    pipeline: Mapping[str, Any] | None = None


def suites(folder: Path) -> tuple[Suite, ...]:
    """Return the runs of tests in a folder, from JUnit's XML.

    Raises:
        ResultError: A file is no such XML.
    """
    runs: list[Suite] = []
    for path in sorted(folder.glob("*.xml")):
        try:
            elements = list(ElementTree.parse(path).iter("testsuite"))  # noqa: S314 - our own tests'
            runs += [suite(path.stem, element) for element in elements]
        except (OSError, ValueError, ElementTree.ParseError) as error:
            raise ResultError(f"{path} is no JUnit report: {error}") from error
    return tuple(runs)


def suite(name: str, element: ElementTree.Element) -> Suite:
    """Return the figures of one run."""
    count = {key: int(element.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")}
    seconds = float(element.get("time", "0"))
    failed = count["failures"] + count["errors"]
    return Suite(name, count["tests"], failed, count["skipped"], seconds)


def show(results: Results) -> str:
    """Return the part of the page."""
    return section(
        "results",
        "Last results",
        show_suites(results.suites),
        show_demo(results.demo),
        show_pipeline(results.pipeline),
    )


def show_suites(suites: tuple[Suite, ...]) -> str:
    """Return the runs of tests."""
    if not suites:
        command = "tox run -e unit -- --junit-xml=reports/unit.xml"
        return NOT_RUN.format(what="Tests", command=command)
    rows = [
        (
            escape(run.name),
            f"{run.tests:,}",
            str(run.failed),
            str(run.skipped),
            f"{run.seconds:.1f}",
        )
        for run in suites
    ]
    heading = ("Suite", "Tests", "Failed", "Skipped", "Seconds")
    return table("Tests", heading, rows)


def show_demo(record: Mapping[str, Any] | None) -> str:
    """Return how long each step of the demo took, and what it checked."""
    title = "The demo, on the emulator"
    if record is None:
        command = "tox run -e demo -- --page dist/serverlessapp.html"
        return NOT_RUN.format(what=title, command=command)
    steps = [(escape(name), f"{seconds:.1f}") for name, seconds in record["seconds"].items()]
    rows = [(escape(name), "held" if held else "FAILED") for name, held in record["checks"].items()]
    checks = table("What the demo checked", ("Check", "Result"), rows)
    return "\n".join([table(title, ("Step", "Seconds"), steps), checks])


def show_pipeline(record: Mapping[str, Any] | None) -> str:
    """Return the stages of the last execution of the pipeline, and how long their actions took."""
    if record is None:
        command = "tox run -e pipeline -- --approve --page dist/serverlessapp.html"
        return NOT_RUN.format(what="The pipeline, on the emulator", command=command)
    stages = record["executions"][-1]["stages"] if record["executions"] else []
    rows = [
        (
            escape(action["name"]),
            action["stage"],
            action["region"],
            action["status"],
            f"{action['seconds']:.1f}",
        )
        for stage in stages
        for action in stage["actions"]
    ]
    heading = ("Action", "Stage", "Region", "Result", "Seconds")
    return table("The pipeline, on the emulator", heading, rows)
