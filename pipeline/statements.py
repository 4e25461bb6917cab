"""What the pipeline's roles may do: one function for each statement."""

from collections.abc import Iterable
from typing import Any

from awacs import (
    cloudformation,
    cloudwatch,
    codebuild,
    codeconnections,
    codestar_connections,
    iam,
    logs,
    s3,
    sts,
)
from awacs.aws import Allow, Condition, Statement, StringEquals, StringEqualsIfExists
from troposphere import AccountId, Parameter, Ref, Sub
from troposphere import codebuild as builds
from troposphere import iam as iam_resources
from troposphere import logs as log_resources
from troposphere import s3 as buckets

from pipeline import roles
from pipeline.regions import EXTRA, Region
from pipeline.stores import StoreRefs, artifact_arn, bucket_arn


def own_account() -> Condition:
    """Return the condition that a bucket is ours: another Region's has a name to guess."""
    return Condition([StringEquals({"aws:ResourceAccount": AccountId})])


def use_connection(connection: Parameter, repository: Parameter) -> Statement:
    """Fetch one repository through one connection.

    A connection's ARN has the service's old or new name, and so has the action
    (Developer Tools console User Guide, "AWS CodeConnections rename").
    """
    return Statement(
        Sid="UseConnection",
        Effect=Allow,
        Action=[codeconnections.UseConnection, codestar_connections.UseConnection],
        Resource=[Ref(connection)],
        Condition=Condition(
            [
                StringEqualsIfExists(
                    {
                        "codeconnections:FullRepositoryId": Ref(repository),
                        "codestar-connections:FullRepositoryId": Ref(repository),
                    }
                )
            ]
        ),
    )


def write_artifact(stores: StoreRefs, name: str) -> Statement:
    """Put an artifact into the store of the pipeline's Region."""
    return Statement(
        Sid="WriteArtifact",
        Effect=Allow,
        Action=[s3.PutObject],
        Resource=[artifact_arn(stores, name)],
    )


def write_source(stores: StoreRefs, name: str) -> Statement:
    """Put the source into the store; a source action sets an ACL with it.

    Source: AWS CDK, which grants the same to its CodeStarConnectionsSourceAction.
    """
    return Statement(
        Sid="WriteArtifact",
        Effect=Allow,
        Action=[s3.PutObject, s3.PutObjectAcl],
        Resource=[artifact_arn(stores, name)],
    )


def read_artifacts(stores: StoreRefs, *names: str, region: Region | None = None) -> Statement:
    """Read artifacts, by version, from the store of a Region."""
    statement = Statement(
        Sid="ReadArtifacts",
        Effect=Allow,
        Action=[s3.GetObject, s3.GetObjectVersion],
        Resource=[artifact_arn(stores, name, region) for name in names],
    )
    if region:
        statement.Condition = own_account()
    return statement


def look_at_store(stores: StoreRefs) -> Statement:
    """Ask where the artifact bucket is and whose it is.

    Source: CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services".
    """
    return Statement(
        Sid="LookAtStore",
        Effect=Allow,
        Action=[s3.GetBucketAcl, s3.GetBucketLocation],
        Resource=[bucket_arn(stores)],
    )


def carry_artifacts(stores: StoreRefs, *names: str) -> Statement:
    """Copy artifacts from Region to Region, and hand them to actions.

    Source: CodePipeline User Guide, "Manage the CodePipeline service role".
    """
    places = (None, *EXTRA)
    return Statement(
        Sid="CarryArtifacts",
        Effect=Allow,
        Action=[s3.GetObject, s3.GetObjectVersion, s3.PutObject, s3.PutObjectAcl],
        Resource=[
            here(region, artifact_arn(stores, name, region)) for name in names for region in places
        ],
        Condition=own_account(),
    )


def look_at_stores(stores: StoreRefs) -> Statement:
    """Ask each artifact bucket where it is, whose it is, and whether it keeps versions.

    Source: CodePipeline User Guide, "Manage the CodePipeline service role".
    """
    return Statement(
        Sid="LookAtStores",
        Effect=Allow,
        Action=[s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning],
        Resource=[here(region, bucket_arn(stores, region)) for region in (None, *EXTRA)],
        Condition=own_account(),
    )


def here(region: Region | None, item: object) -> object:
    """Return an item of a list, left out when its Region is."""
    return region.only_here(item) if region else item


def assume_roles(assumed: Iterable[iam_resources.Role]) -> Statement:
    """Act in the role of each action."""
    return Statement(
        Sid="ActInTheRolesOfActions",
        Effect=Allow,
        Action=[sts.AssumeRole],
        Resource=roles.arns(assumed),
    )


def assume_role(arn: Any) -> Statement:
    """Act in a role that was made for the purpose."""
    return Statement(Sid="AssumeRole", Effect=Allow, Action=[sts.AssumeRole], Resource=[arn])


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


def prepare_change_set(stack_arn: Sub) -> Statement:
    """Make a change set of one stack, in place of one of the same name.

    The stack policy comes with the environment's file (CloudFormation User Guide,
    "CodePipeline artifacts", template configuration file).
    """
    return Statement(
        Sid="PrepareChangeSet",
        Effect=Allow,
        Action=[
            cloudformation.CreateChangeSet,
            cloudformation.DeleteChangeSet,
            cloudformation.DescribeChangeSet,
            cloudformation.DescribeStacks,
            cloudformation.SetStackPolicy,
        ],
        Resource=[stack_arn],
    )


def execute_change_set(stack_arn: Sub) -> Statement:
    """Execute a change set, follow it, and tell the first error.

    Source of ``DescribeStackEvents``: CodePipeline User Guide, "AWS CloudFormation deploy
    action reference"; without it, the message would say only that the stack failed.
    """
    return Statement(
        Sid="ExecuteChangeSet",
        Effect=Allow,
        Action=[
            cloudformation.DescribeChangeSet,
            cloudformation.DescribeStackEvents,
            cloudformation.DescribeStacks,
            cloudformation.ExecuteChangeSet,
        ],
        Resource=[stack_arn],
    )


def pass_to_cloudformation(role_arn: Parameter) -> Statement:
    """Hand CloudFormation the one role it works with, and hand it to nobody else."""
    return Statement(
        Sid="PassRole",
        Effect=Allow,
        Action=[iam.PassRole],
        Resource=[Ref(role_arn)],
        Condition=Condition(
            [StringEquals({"iam:PassedToService": "cloudformation.amazonaws.com"})]
        ),
    )


def watch_alarms(alarm_arns: list[Sub]) -> Statement:
    """Ask for the state of some alarms."""
    return Statement(
        Sid="WatchAlarms",
        Effect=Allow,
        Action=[cloudwatch.DescribeAlarms],
        Resource=alarm_arns,
    )


def put_releases(bucket: buckets.Bucket, prefix: str) -> Statement:
    """Put releases, and read what is there to compare it with what would be put."""
    return Statement(
        Sid="PutReleases",
        Effect=Allow,
        Action=[s3.GetObject, s3.PutObject],
        Resource=[Sub(f"${{{bucket.title}.Arn}}/{prefix}/*")],
    )


def find_releases(bucket: buckets.Bucket) -> Statement:
    """See whether an object is there: without it, a missing one answers 403, not 404."""
    return Statement(
        Sid="FindReleases",
        Effect=Allow,
        Action=[s3.ListBucket],
        Resource=[bucket.get_att("Arn")],
    )
