"""Test reports go to groups of the template, where it has any.

CodeBuild makes a missing group by itself, but only with a permission that no role needs, and nobody
deletes it with the stack.
"""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.rule import CODEBUILD_GUIDE, PipelineRule
from serverlessapp.rules.rule import Mistake
from serverlessapp.template.pipeline.buildspec import HOLE
from serverlessapp.template.pipeline.delivery import Delivery
from serverlessapp.template.pipeline.elements import Scalar
from serverlessapp.template.values import joined


class ReportsHaveGroups(PipelineRule):
    """It goes to one that is not here, while nothing goes to one that is."""

    id = "W9212"
    shortdesc = "A report goes to a report group of the template"
    source_url = f"{CODEBUILD_GUIDE}/test-report-group-naming.html"

    def check(self, delivery: Delivery) -> Iterator[Mistake]:
        """Yield reports without a group."""
        reports = {
            (name, report): group(name, report)
            for name, spec in delivery.buildspecs.items()
            for report in spec.reports
            if not ("$" in report or HOLE in report or report.startswith("arn:"))
        }
        idle = delivery.report_groups - set(reports.values())
        for (name, report), missing in reports.items():
            if idle and missing not in delivery.report_groups:
                yield Mistake(
                    delivery.projects[name].at("Source", "BuildSpec"),
                    f"{delivery.buildspecs[name].place} reports to {missing}, and nothing to "
                    f"{', '.join(sorted(map(str, idle)))}: correct the name of {report}",
                )


def group(project: Scalar, report: str) -> Scalar:
    """Return the name of the group of a report.

    Source: CodeBuild User Guide, "Report group naming": ``<project>-<report>``.
    """
    return joined([project, f"-{report}"])
