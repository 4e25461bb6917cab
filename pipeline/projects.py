"""What CodeBuild runs: projects that share a log."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from awacs.aws import Statement
from troposphere import Ref, Sub, Template, codebuild, logs, s3

from generators.context import FREE, NEVER, REVIEWED, explained
from generators.naming import PROJECT
from generators.retention import Retention
from pipeline import names, places
from pipeline.actions import PACKAGE, PLAN, SOURCE
from pipeline.delivery import Delivery
from pipeline.grants import access, builds, storage
from pipeline.roles import add_build_role_to
from pipeline.stores import KEY

LOG_DAYS = 30
REPORT = "junit"  # what the buildspecs call their report
RELEASE_PREFIX = PROJECT.lower()

# CodeBuild User Guide, "Docker images provided by CodeBuild" and "Environment compute modes and
# types".
LAMBDA_IMAGE = "aws/codebuild/amazonlinux-aarch64-lambda-standard:python3.13"
CONTAINER_IMAGE = "aws/codebuild/amazonlinux-aarch64-standard:4.0"
TASKCAT_TIMEOUT, UNIT_TIMEOUT = 60, 30  # minutes
ANY_PLAN = f"{PLAN}*"
# The pipeline has a name that roles and builds know before it is there.
PIPELINE = "${AWS::StackName}-delivery"
PIPELINE_ARN = (
    "arn:${AWS::Partition}:codepipeline:${AWS::Region}:${AWS::AccountId}:${AWS::StackName}-delivery"
)


@dataclass(frozen=True, kw_only=True)
class ProjectRefs:
    """The projects, as stages refer to them."""

    unit: codebuild.Project
    package: codebuild.Project
    taskcat: codebuild.Project
    publish: codebuild.Project
    inspect: codebuild.Project
    verify: Mapping[str, codebuild.Project]  # by environment


def add_to(
    template: Template, *, delivery: Delivery, store: s3.Bucket, releases: s3.Bucket
) -> ProjectRefs:
    """Add the log, the projects, their roles, and the groups of their test reports."""
    add_project = partial(
        add_project_to,
        template,
        delivery=delivery,
        store=store,
        log_group=template.add_resource(
            logs.LogGroup(
                "BuildLogs",
                Metadata=explained(
                    "One log group for all builds, a stream for each, so that there is one place "
                    "to look when a push fails.",
                    mutable=FREE,
                    skip={
                        "CKV_AWS_158": "encrypted by CloudWatch Logs; build logs contain no secrets"
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
            "Runs the tests while Package lints and packages, so that a push waits only for the "
            "longer of the two. In a container, because Lambda compute limits a build to 15 "
            "minutes, which a fork's tests may exceed.",
            in_container(),
            builds.report_tests(unit_reports),
            timeout=UNIT_TIMEOUT,
        ),
        package=add_project(
            "Package",
            "package",
            "Builds the artifact once: the same artifact is tested, approved and deployed; "
            "nothing is built again. Lints as well, because each action is billed by the started "
            "minute.",
            on_lambda("BUILD_LAMBDA_4GB"),  # mypy needs the memory
            storage.write_artifact(store, PACKAGE),
            *storage.put_code(delivery.regions),
            *storage.look_at_own_code(own_code_buckets(delivery)),
            writes=True,
        ),
        taskcat=add_project(
            "Taskcat",
            "taskcat",
            "Creates, uses and deletes real stacks before the change reaches production, with a "
            "role of its own. In a container, because that takes longer than Lambda compute "
            "allows.",
            in_container(
                TASKCAT_ARGUMENTS=Sub(f"--aws --yes --role-arn {places.taskcat_role(delivery)}")
            ),
            builds.report_tests(taskcat_reports),
            access.assume_roles([Sub(places.taskcat_role(delivery))]),
            timeout=TASKCAT_TIMEOUT,
        ),
        publish=add_project(
            "Publish",
            "publish",
            "Publishes a release before it is deployed, so that production never runs a release "
            "that cannot be downloaded again.",
            on_lambda("BUILD_LAMBDA_2GB", RELEASE_BUCKET=releases.ref()),
            storage.put_releases(releases, RELEASE_PREFIX),
            storage.find_objects("FindReleases", [releases.get_att("Arn")]),
            reads=(SOURCE, PACKAGE),
        ),
        inspect=add_project(
            "Inspect",
            "inspect",
            "Explains change sets before the approval, refuses different ones after it, and "
            "watches alarms. Read-only in every environment.",
            on_lambda("BUILD_LAMBDA_2GB", PIPELINE=Sub(PIPELINE)),
            access.assume_roles(places.role_arns(delivery, [names.INSPECT])),
            builds.look_at_execution(Sub(PIPELINE_ARN)),
            storage.write_artifact(store, ANY_PLAN),
            reads=(SOURCE, PACKAGE, ANY_PLAN),
            writes=True,
        ),
        verify={
            each.name: add_project(
                names.verifier(each.name),
                f"verify-{each.name}",
                f"Uploads a sample for each processor to {each.name} and waits for its signed "
                "ledger entry: a stack that deployed may still not work. One project for each "
                "environment, because it writes there.",
                on_lambda("BUILD_LAMBDA_2GB", PIPELINE=Sub(PIPELINE)),
                access.assume_roles([places.role_arn(delivery, each, names.VERIFY)]),
                buildspec="verify",
                reads=(SOURCE, PACKAGE),
            )
            for each in delivery.environments
        },
    )


def add_project_to(
    template: Template,
    title: str,
    name: str,
    why: str,
    environment: codebuild.Environment,
    *extra: Statement,
    delivery: Delivery,
    store: s3.Bucket,
    log_group: logs.LogGroup,
    reads: tuple[str, ...] = (SOURCE,),
    writes: bool = False,
    timeout: int | None = None,
    buildspec: str = "",
) -> codebuild.Project:
    """Add a project and its role. It is called ``<stack>-<name>``.

    It runs ``buildspecs/<name>.yml``, or that of another name.
    ``extra`` is what the role may do besides reading the artifacts and writing the log, and
    ``writes`` says that it makes an artifact or stores code. The
    time-out is in minutes; by default, and always on Lambda, it is CodeBuild's own.
    """
    full_name = f"${{AWS::StackName}}-{name}"
    path = f"pipeline/buildspecs/{buildspec or name}.yml"
    role = add_build_role_to(
        template,
        f"{title}BuildRole",
        full_name,
        f"A push decides what {title} runs; these permissions limit what it can do.",
        storage.read_artifacts(store, *reads),
        storage.look_at_store(store),
        *storage.use_key(delivery, writes=writes),
        builds.write_log(log_group, name),
        *extra,
    )
    must = ["The name must not change: its report groups and the roles refer to it."]
    if timeout is None:
        must.append(
            "Runs on Lambda compute, which starts in seconds: it must finish within 15 minutes "
            "and must not need root or a cache."
        )
    project = codebuild.Project(
        title,
        Metadata=explained(why, mutable=REVIEWED, must=must, mutability={"Name": NEVER}),
        Name=Sub(full_name),
        ServiceRole=role.get_att("Arn"),
        Source=codebuild.Source(Type="CODEPIPELINE", BuildSpec=path),
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
    if places.other_accounts(delivery):
        # CodeBuild does not take the pipeline's key (AWS CDK, bindToCodePipeline of its Project).
        project.EncryptionKey = Ref(KEY)
    return template.add_resource(project)


def own_code_buckets(delivery: Delivery) -> list[str]:
    """Return the buckets of code that a team names itself, in whose stead none is made."""
    given = [
        parameters.get("CodeBucket", "")
        for each in delivery.environments
        for parameters in (each.parameters, *each.regional.values())
    ]
    return sorted({*filter(None, given)})


def add_report_group_to(template: Template, title: str, project: str) -> codebuild.ReportGroup:
    """Add the group that a build's report named ``junit`` goes to."""
    return template.add_resource(
        codebuild.ReportGroup(
            title,
            Metadata=explained(
                f"Shows the test results of project {project} for each push, outside its log.",
                mutable=FREE,
                must=[
                    "The name must be <project>-<report>: CodeBuild finds a report group by that "
                    'name (CodeBuild User Guide, "Report group naming"), because a committed '
                    "buildspec cannot contain an ARN.",
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
