"""Artifacts and releases: who writes, reads and carries them."""

from awacs import s3
from awacs.aws import Allow, Condition, Statement, StringEquals
from troposphere import AccountId, Sub
from troposphere import s3 as buckets

from pipeline.regions import EXTRA, Region, only_in
from pipeline.stores import StoreRefs, artifact_arn, bucket_arn


def own_account() -> Condition:
    """Return the condition that a bucket is ours: another Region's has a name to guess."""
    return Condition([StringEquals({"aws:ResourceAccount": AccountId})])


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
            only_in(region, artifact_arn(stores, name, region))
            for name in names
            for region in places
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
        Resource=[only_in(region, bucket_arn(stores, region)) for region in (None, *EXTRA)],
        Condition=own_account(),
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
