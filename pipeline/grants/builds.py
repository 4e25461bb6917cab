"""Builds: who runs them, and where their logs and reports go."""

from awacs import codebuild, logs
from awacs.aws import Allow, Statement
from troposphere import Sub
from troposphere import codebuild as builds
from troposphere import logs as log_resources


def run_build(project: builds.Project) -> Statement:
    """Start a build, follow it, and stop it when its execution is stopped."""
    return Statement(
        Sid="RunBuild",
        Effect=Allow,
        Action=[codebuild.BatchGetBuilds, codebuild.StartBuild, codebuild.StopBuild],
        Resource=[project.get_att("Arn")],
    )


def write_log(log_group: log_resources.LogGroup, stream: str) -> Statement:
    """Write to a project's own streams of the log that all share."""
    return Statement(
        Sid="WriteLog",
        Effect=Allow,
        Action=[logs.CreateLogStream, logs.PutLogEvents],
        # A log group's ARN ends in ":*"; a stream's goes on from there.
        Resource=[
            Sub(
                "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
                f"${{{log_group.title}}}:log-stream:{stream}/*"
            )
        ],
    )


def report_tests(report_group: builds.ReportGroup) -> Statement:
    """Put test results into a report group.

    Source: CodeBuild User Guide, "Test report permissions". It also asks for the group's
    creation, though this one exists: a build refers to it by name.
    """
    return Statement(
        Sid="ReportTests",
        Effect=Allow,
        Action=[
            codebuild.BatchPutTestCases,
            codebuild.CreateReport,
            codebuild.CreateReportGroup,
            codebuild.UpdateReport,
        ],
        Resource=[report_group.get_att("Arn")],
    )
