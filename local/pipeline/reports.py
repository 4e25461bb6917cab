"""Test reports of a build, as CodeBuild counts them."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.pipeline.artifacts import NothingMatchesError, matching
from local.pipeline.errors import PipelineError
from serverlessapp.template.pipeline.buildspec import Buildspec


@dataclass(frozen=True, kw_only=True)
class TestReport:
    """A report: how many test cases there are, and how many of them failed."""

    name: str
    cases: int
    failures: int


def read(spec: Buildspec, source: Path) -> Iterator[TestReport]:
    """Yield the reports of a build; those without files do not exist, as with CodeBuild."""
    for name, section in spec.reports.items():
        try:
            _, files = matching(source, section)
        except NothingMatchesError:
            continue
        cases = [case for file in files for case in test_cases(file)]
        failed = [case for case in cases if {child.tag for child in case} & {"failure", "error"}]
        yield TestReport(name=name, cases=len(cases), failures=len(failed))


def test_cases(file: Path) -> list[ElementTree.Element]:
    try:
        return list(ElementTree.parse(file).iter("testcase"))  # noqa: S314 - made by this build
    except ElementTree.ParseError as error:
        raise PipelineError(f"{file.name} is no report: {error}") from error
