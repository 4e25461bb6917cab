"""Test reports of a build."""

from pathlib import Path

import pytest

from local.pipeline import reports
from local.pipeline.errors import PipelineError
from serverlessapp.template.pipeline.buildspec import Buildspec


def test_reports_are_counted(source: Path) -> None:
    (source / "one.xml").write_text(
        "<testsuites><testsuite><testcase/><testcase><failure/></testcase></testsuite>"
        "<testsuite><testcase><error/></testcase></testsuite></testsuites>"
    )
    content = {"reports": {"junit": {"files": "*.xml"}, "other": {"files": "*.none"}}}
    (report,) = reports.read(Buildspec(place="x", content=content), source)
    assert (report.name, report.cases, report.failures) == ("junit", 3, 2)


def test_what_is_no_report_is_said(source: Path) -> None:
    content = {"reports": {"junit": {"files": "a.txt"}}}
    with pytest.raises(PipelineError, match=r"a\.txt is no report"):
        list(reports.read(Buildspec(place="x", content=content), source))
