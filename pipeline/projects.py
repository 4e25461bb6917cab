"""What CodeBuild runs: four projects that share a log."""

from dataclasses import dataclass

from awacs.aws import Statement
from troposphere import Ref, Sub, Template, codebuild, logs, s3

from generators.naming import PROJECT
from generators.retention import Retention
from pipeline import statements
from pipeline.actions import PACKAGE, SOURCE
from pipeline.parameters import ParameterRefs
from pipeline.roles import add_build_role_to
from pipeline.stores import StoreRefs

LOG_DAYS = 30
REPORT = "junit"  # what the buildspecs call their report
RELEASE_PREFIX = PROJECT.lower()

# CodeBuild User Guide, "Docker images provided by CodeBuild" and "Environment compute modes and
# types". On Lambda, a build starts in seconds, for 15 minutes at most, without a cache, a timeout
# of its own, or root.
LAMBDA_IMAGE = "aws/codebuild/amazonlinux-aarch64-lambda-standard:python3.13"
CONTAINER_IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:4.0"
TASKCAT_TIMEOUT = 60  # minutes


@dataclass(frozen=True, kw_only=True)
class ProjectRefs:
    """The projects, as stages refer to them."""

    unit: codebuild.Project
    package: codebuild.Project
    taskcat: codebuild.Project
    publish: codebuild.Project


def add_to(
    template: Template, *, parameters: ParameterRefs, stores: StoreRefs, releases: s3.Bucket
) -> ProjectRefs:
    """Add the log, the projects, their roles, and the groups of their test reports."""
    log_group = template.add_resource(
        logs.LogGroup("BuildLogs", RetentionInDays=LOG_DAYS, **Retention.EPHEMERAL.policies)
    )

    def project(
        title: str, name: str, *extra: Statement, reads: tuple[str, ...] = (SOURCE,)
    ) -> codebuild.Project:
        """Add a project named ``<stack>-<name>``, which runs ``buildspecs/<name>.yml``."""
        full_name = f"${{AWS::StackName}}-{name}"
        role = add_build_role_to(
            template,
            f"{title}BuildRole",
            full_name,
            statements.read_artifacts(stores, *reads),
            statements.look_at_store(stores),
            statements.write_log(log_group, name),
            *extra,
        )
        return template.add_resource(
            codebuild.Project(
                title,
                Name=Sub(full_name),
                ServiceRole=role.get_att("Arn"),
                Source=codebuild.Source(
                    Type="CODEPIPELINE", BuildSpec=f"pipeline/buildspecs/{name}.yml"
                ),
                Artifacts=codebuild.Artifacts(Type="CODEPIPELINE"),
                Environment=on_lambda("BUILD_LAMBDA_2GB"),
                LogsConfig=codebuild.LogsConfig(
                    CloudWatchLogs=codebuild.CloudWatchLogs(
                        Status="ENABLED", GroupName=log_group.ref(), StreamName=name
                    )
                ),
            )
        )

    unit_reports = add_report_group_to(template, "UnitTestReports", "unit")
    taskcat_reports = add_report_group_to(template, "TaskcatReports", "taskcat")
    refs = ProjectRefs(
        unit=project("UnitTests", "unit", statements.report_tests(unit_reports)),
        package=project("Package", "package", statements.write_artifact(stores, PACKAGE)),
        taskcat=project(
            "Taskcat",
            "taskcat",
            statements.report_tests(taskcat_reports),
            statements.assume_role(Ref(parameters.taskcat_role_arn)),
        ),
        publish=project(
            "Publish",
            "publish",
            statements.put_releases(releases, RELEASE_PREFIX),
            statements.find_releases(releases),
            reads=(SOURCE, PACKAGE),
        ),
    )
    # mypy and the unit tests' workers need the memory.
    for busy in (refs.package, refs.unit):
        busy.Environment.ComputeType = "BUILD_LAMBDA_4GB"
    # Stacks with encryption keys and retained data take longer than Lambda gives a build.
    refs.taskcat.TimeoutInMinutes = TASKCAT_TIMEOUT
    refs.taskcat.Environment = in_container()
    refs.taskcat.Environment.EnvironmentVariables = [
        codebuild.EnvironmentVariable(
            Name="TASKCAT_ARGUMENTS",
            Value=Sub(f"--aws --yes --role-arn ${{{parameters.taskcat_role_arn.title}}}"),
        )
    ]
    refs.publish.Environment.EnvironmentVariables = [
        codebuild.EnvironmentVariable(Name="RELEASE_BUCKET", Value=releases.ref())
    ]
    return refs


def add_report_group_to(template: Template, title: str, project: str) -> codebuild.ReportGroup:
    """Add the group that a build's report named ``junit`` goes to.

    By its name: CodeBuild calls it ``<project>-<report>`` (CodeBuild User Guide, "Report group
    naming"), and a buildspec that is committed cannot know an ARN.
    """
    return template.add_resource(
        codebuild.ReportGroup(
            title,
            Name=Sub(f"${{AWS::StackName}}-{project}-{REPORT}"),
            Type="TEST",
            ExportConfig=codebuild.ReportExportConfig(ExportConfigType="NO_EXPORT"),
            DeleteReports=True,
        )
    )


def on_lambda(size: str) -> codebuild.Environment:
    """Return an environment on Lambda, whose types troposphere does not know yet."""
    return codebuild.Environment(
        Type="ARM_LAMBDA_CONTAINER", ComputeType=size, Image=LAMBDA_IMAGE
    ).no_validation()


def in_container() -> codebuild.Environment:
    """Return an environment in a container, for what takes longer."""
    return codebuild.Environment(
        Type="ARM_CONTAINER", ComputeType="BUILD_GENERAL1_SMALL", Image=CONTAINER_IMAGE
    )
