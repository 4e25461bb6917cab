"""The last results: of tests, benchmarks, the demo and the pipeline, as far as run here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from handbook.html import section, table
from handbook.plots import bars

NOT_RUN = "<p>{what}: not run here. <code>{command}</code></p>"


# What each kind of document has to have.
DEMO = {"seconds": dict, "checks": dict}
PIPELINE = {"executions": list}
BENCHMARK = {"targets": list}


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
        benchmarks: As ``python -m tests.benchmarks ... --json`` writes it, by the file's name.
    """

    suites: tuple[Suite, ...] = ()
    demo: Mapping[str, Any] | None = None
    pipeline: Mapping[str, Any] | None = None
    benchmarks: Mapping[str, Mapping[str, Any]] | None = None


def document(path: Path, needed: Mapping[str, type]) -> dict[str, Any]:
    """Return a JSON document.

    Args:
        path: Where it is.
        needed: What it has to have, and what that has to be.

    Raises:
        ResultError: It is none, or something else's.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ResultError(f"{path}: {error}") from error
    for name, kind in needed.items():
        if not isinstance(content, dict) or not isinstance(content.get(name), kind):
            raise ResultError(f"{path} has no {name}: was it written by another command?")
    return dict(content)


def suites(folder: Path) -> tuple[Suite, ...]:
    """Return the runs of tests in a folder, from JUnit's XML.

    Raises:
        ResultError: A file is no such XML.
    """
    found = []
    for path in sorted(folder.glob("*.xml")):
        try:
            elements = list(ElementTree.parse(path).iter("testsuite"))  # noqa: S314 - our own tests'
            found += [suite(path.stem, element) for element in elements]
        except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
            raise ResultError(f"{path} is no JUnit report: {error}") from error
    return tuple(found)


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
        show_seconds(
            "The demo, on the emulator",
            "tox run -e demo -- --page dist/serverlessapp.html",
            results.demo,
        ),
        show_checks(results.demo),
        show_pipeline(results.pipeline),
        show_benchmarks(results.benchmarks),
    )


def show_suites(found: tuple[Suite, ...]) -> str:
    """Return the runs of tests."""
    if not found:
        command = "tox run -e unit -- --junit-xml=reports/unit.xml"
        return NOT_RUN.format(what="Tests", command=command)
    rows = [
        (
            escape(one.name),
            f"{one.tests:,}",
            str(one.failed),
            str(one.skipped),
            f"{one.seconds:.1f}",
        )
        for one in found
    ]
    heading = ("Suite", "Tests", "Failed", "Skipped", "Seconds")
    seconds = [(one.name, one.seconds) for one in found]
    return table("Tests", heading, rows) + bars("How long the tests took", seconds, "s")


def show_seconds(what: str, command: str, record: Mapping[str, Any] | None) -> str:
    """Return how long each step of something took."""
    if record is None:
        return NOT_RUN.format(what=what, command=command)
    steps = [(name.partition(",")[0], value) for name, value in record["seconds"].items()]
    return bars(what, [(name, value) for name, value in steps if name != "total"], "s")


def show_checks(record: Mapping[str, Any] | None) -> str:
    """Return what the demo checked."""
    if record is None:
        return ""
    rows = [(escape(what), "held" if held else "FAILED") for what, held in record["checks"].items()]
    return table("What the demo checked", ("Check", "Result"), rows)


def show_pipeline(record: Mapping[str, Any] | None) -> str:
    """Return the stages of the last execution of the pipeline, and how long their actions took."""
    if record is None:
        command = "tox run -e pipeline -- --approve --page dist/serverlessapp.html"
        return NOT_RUN.format(what="The pipeline, on the emulator", command=command)
    stages = record["executions"][-1]["stages"] if record["executions"] else []
    actions = [(one["stage"], one) for stage in stages for one in stage["actions"]]
    rows = [
        (escape(one["name"]), stage, one["region"], one["status"], f"{one['seconds']:.1f}")
        for stage, one in actions
    ]
    heading = ("Action", "Stage", "Region", "Result", "Seconds")
    return table("The pipeline, on the emulator", heading, rows)


def show_benchmarks(found: Mapping[str, Mapping[str, Any]] | None) -> str:
    """Return what was judged, and the medians of what was compared."""
    if not found:
        command = "tox run -e docs -- --benchmarks FILE"
        return NOT_RUN.format(what="Benchmarks", command=command)
    shown = []
    for name, document in found.items():
        rows = [
            (escape(one["statement"]), "reached" if one["holds"] else "MISSED")
            for one in document.get("targets", [])
        ]
        shown.append(table(f"Benchmark {name}", ("Target", "Result"), rows))
        if compared := document.get("results"):
            medians = [(label, one["median"]) for label, one in compared.items()]
            shown.append(bars(f"{name}, median", medians, "s"))
    return "\n".join(shown)
