"""Test reports go to groups of the template.

CodeBuild would make a missing group by itself, but only with a permission that no role needs, and
nobody would delete it with the stack.
"""

from collections.abc import Iterator

from serverlessapp.rules.pipelines.mistake import Mistake
from serverlessapp.template.pipeline.delivery import Delivery


def findings(delivery: Delivery) -> Iterator[Mistake]:
    """Yield reports without a group.

    Source: CodeBuild User Guide, "Report group naming": ``<project>-<report>``.
    """
    for name, spec in delivery.buildspecs.items():
        for report in spec.reports:
            group = report.rpartition("/")[2] if report.startswith("arn:") else f"{name}-{report}"
            if group not in delivery.report_groups:
                yield Mistake(
                    path=f"{delivery.projects[name].path}.Source.BuildSpec",
                    message=f"{spec.place} reports to {group}: add an AWS::CodeBuild::ReportGroup "
                    "of this name",
                )
