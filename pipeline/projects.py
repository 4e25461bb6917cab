"""What CodeBuild runs: four projects that share a log."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from awacs.aws import Statement
from troposphere import Ref, Sub, Template, codebuild, logs, s3

from generators.context import FREE, NEVER, REVIEWED, explained
from generators.naming import PROJECT
from generators.retention import Retention
from pipeline.actions import PACKAGE, SOURCE
from pipeline.grants import access, builds, storage
from pipeline.parameters import ParameterRefs
from pipeline.roles import add_build_role_to

LOG_DAYS = 30
REPORT = "junit"  # what the buildspecs call their report
RELEASE_PREFIX = PROJECT.lower()

# CodeBuild User Guide, "Docker images provided by CodeBuild" and "Environment compute modes and
# types".
LAMBDA_IMAGE = "aws/codebuild/amazonlinux-aarch64-lambda-standard:python3.13"
CONTAINER_IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:4.0"
UNIT_TIMEOUT, TASKCAT_TIMEOUT = 30, 60  # minutes


@dataclass(frozen=True, kw_only=True)
class ProjectRefs:
    """The projects, as stages refer to them."""

    unit: codebuild.Project
    package: codebuild.Project
    taskcat: codebuild.Project
    publish: codebuild.Project


def add_to(
    template: Template, *, parameters: ParameterRefs, store: s3.Bucket, releases: s3.Bucket
) -> ProjectRefs:
    """Add the log, the projects, their roles, and the groups of their test reports."""
    add_project = partial(
        add_project_to,
        template,
        store=store,
        log_group=template.add_resource(
            logs.LogGroup(
                "BuildLogs",
                Metadata=explained(
                    "One log for all builds, a stream each: whoever asks why a push failed looks "
                    "in one place.",
                    mutable=FREE,
                    skip={
                        "CKV_AWS_158": "CloudWatch encrypts it with its own key; a build's log "
                        "holds no secret"
                    },
                ),
                RetentionInDays=LOG_DAYS,
                **Retention.EPHEMERAL.policies,
            )
        ),
    )
    unit_reports = add_report_group_to(template, "UnitTestReports", "unit")
    taskcat_reports = add_report_group_to(template, "TaskcatReports", "taskcat")
    return ProjectRefs(
        unit=add_project(
            "UnitTests",
            "unit",
            "Tests while Package lints and packs, so that a push waits for the longer of the two. "
            "In a container: on Lambda compute, a fork whose suite grows would run out of time.",
            in_container(),
            builds.report_tests(unit_reports),
            timeout=UNIT_TIMEOUT,
        ),
        package=add_project(
            "Package",
            "package",
            "Makes what is delivered, once: what is tested, approved and deployed later is this "
            "artifact, and nothing is built again. It lints too, because an action is paid by the "
            "minute begun.",
            on_lambda("BUILD_LAMBDA_4GB"),  # mypy needs the memory
            storage.write_artifact(store, PACKAGE),
        ),
        taskcat=add_project(
            "Taskcat",
            "taskcat",
            "Makes, uses and deletes real stacks before production gets the change, in a role of "
            "its own. In a container, because that takes longer than Lambda gives.",
            in_container(
                TASKCAT_ARGUMENTS=Sub(
                    f"--aws --yes --role-arn ${{{parameters.taskcat_role_arn.title}}}"
                )
            ),
            builds.report_tests(taskcat_reports),
            access.assume_role(Ref(parameters.taskcat_role_arn)),
            timeout=TASKCAT_TIMEOUT,
        ),
        publish=add_project(
            "Publish",
            "publish",
            "Puts a release where it stays, before it is deployed: production never runs what "
            "nobody can get again.",
            on_lambda("BUILD_LAMBDA_2GB", RELEASE_BUCKET=releases.ref()),
            storage.put_releases(releases, RELEASE_PREFIX),
            storage.find_releases(releases),
            reads=(SOURCE, PACKAGE),
        ),
    )


def add_project_to(
    template: Template,
    title: str,
    name: str,
    why: str,
    environment: codebuild.Environment,
    *extra: Statement,
    store: s3.Bucket,
    log_group: logs.LogGroup,
    reads: tuple[str, ...] = (SOURCE,),
    timeout: int | None = None,
) -> codebuild.Project:
    """Add a project and its role. It is called ``<stack>-<name>``, runs ``buildspecs/<name>.yml``.

    ``extra`` is what the role may do besides reading the artifacts and writing the log. The
    time-out is in minutes; by default, and always on Lambda, it is CodeBuild's own.
    """
    full_name = f"${{AWS::StackName}}-{name}"
    role = add_build_role_to(
        template,
        f"{title}BuildRole",
        full_name,
        f"A push decides what {title} runs: this is all that it can do there, whatever it runs.",
        storage.read_artifacts(store, *reads),
        storage.look_at_store(store),
        builds.write_log(log_group, name),
        *extra,
    )
    must = ["Its name is how its reports and the roles around it know it."]
    if timeout is None:
        must.append(
            "It ends within 15 minutes and needs neither root nor a cache: on Lambda, a build "
            "starts in seconds and gets no more."
        )
    project = codebuild.Project(
        title,
        Metadata=explained(
            why,
            mutable=REVIEWED,
            must=must,
            mutability={"Name": NEVER},
        ),
        Name=Sub(full_name),
        ServiceRole=role.get_att("Arn"),
        Source=codebuild.Source(Type="CODEPIPELINE", BuildSpec=f"pipeline/buildspecs/{name}.yml"),
        Artifacts=codebuild.Artifacts(Type="CODEPIPELINE"),
        Environment=environment,
        LogsConfig=codebuild.LogsConfig(
            CloudWatchLogs=codebuild.CloudWatchLogs(
                Status="ENABLED", GroupName=log_group.ref(), StreamName=name
            )
        ),
    )
    if timeout:
        project.TimeoutInMinutes = timeout
    return template.add_resource(project)


def add_report_group_to(template: Template, title: str, project: str) -> codebuild.ReportGroup:
    """Add the group that a build's report named ``junit`` goes to."""
    return template.add_resource(
        codebuild.ReportGroup(
            title,
            Metadata=explained(
                f"Shows how each test of the build {project} went, push after push, without a log.",
                mutable=FREE,
                must=[
                    "Its name is <project>-<report>: CodeBuild sends a report there by name "
                    '(CodeBuild User Guide, "Report group naming"), because a buildspec that is '
                    "committed cannot know an ARN.",
                ],
                mutability={"Name": NEVER},
            ),
            Name=Sub(f"${{AWS::StackName}}-{project}-{REPORT}"),
            Type="TEST",
            ExportConfig=codebuild.ReportExportConfig(ExportConfigType="NO_EXPORT"),
            DeleteReports=True,
        )
    )


def on_lambda(size: str, **variables: object) -> codebuild.Environment:
    """Return an environment on Lambda, whose types troposphere does not know yet."""
    return codebuild.Environment(
        Type="ARM_LAMBDA_CONTAINER", ComputeType=size, Image=LAMBDA_IMAGE, **given(variables)
    ).no_validation()


def in_container(**variables: object) -> codebuild.Environment:
    """Return an environment in a container."""
    return codebuild.Environment(
        Type="ARM_CONTAINER",
        ComputeType="BUILD_GENERAL1_SMALL",
        Image=CONTAINER_IMAGE,
        **given(variables),
    )


def given(variables: Mapping[str, object]) -> dict[str, Any]:
    """Return the property with an environment's variables, if it has any."""
    values = [codebuild.EnvironmentVariable(Name=k, Value=v) for k, v in variables.items()]
    return {"EnvironmentVariables": values} if values else {}
