"""Builds: who runs them, and where their logs and reports go."""

from awacs import codebuild, codepipeline, logs
from awacs.aws import Statement
from troposphere import Sub
from troposphere import codebuild as builds
from troposphere import logs as log_resources

from generators.policies import allow


def run_build(project: builds.Project) -> Statement:
    """Start a build, follow it, and stop it when its execution is stopped."""
    actions = [codebuild.BatchGetBuilds, codebuild.StartBuild, codebuild.StopBuild]
    return allow("RunBuild", actions, [project.get_att("Arn")])


def write_log(log_group: log_resources.LogGroup, stream: str) -> Statement:
    """Write to a project's own streams of the log that all share."""
    # A log group's ARN ends in ":*"; a stream's goes on from there.
    streams = Sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
        f"${{{log_group.title}}}:log-stream:{stream}/*"
    )
    return allow("WriteLog", [logs.CreateLogStream, logs.PutLogEvents], [streams])


def report_tests(report_group: builds.ReportGroup) -> Statement:
    """Put test results into a report group.

    Source: CodeBuild User Guide, "Test report permissions". It also asks for the group's
    creation, though this one exists: a build refers to it by name.
    """
    actions = [
        codebuild.BatchPutTestCases,
        codebuild.CreateReport,
        codebuild.CreateReportGroup,
        codebuild.UpdateReport,
    ]
    return allow("ReportTests", actions, [report_group.get_att("Arn")])


def look_at_execution(pipeline_arn: Sub) -> Statement:
    """Ask whether an execution is a rollback, and to which it goes back."""
    return allow("LookAtExecution", [codepipeline.GetPipelineExecution], [pipeline_arn])
