"""Artifacts and releases: who writes, reads and carries them."""

from awacs import s3
from awacs.aws import Statement, StringEquals
from troposphere import AccountId, Sub
from troposphere import s3 as buckets

from pipeline.grants.statement import allow
from pipeline.regions import EXTRA, Region, only_in
from pipeline.stores import artifact_arn, bucket_arn

# Another Region's bucket has a name to guess.
OWN_ACCOUNT = StringEquals({"aws:ResourceAccount": AccountId})
EVERYWHERE = (None, *EXTRA)


def write_artifact(store: buckets.Bucket, name: str) -> Statement:
    """Put an artifact into the store of the pipeline's Region."""
    return allow("WriteArtifact", [s3.PutObject], [artifact_arn(store, name)])


def write_source(store: buckets.Bucket, name: str) -> Statement:
    """Put the source into the store; a source action sets an ACL with it.

    Source: AWS CDK, which grants the same to its CodeStarConnectionsSourceAction.
    """
    return allow("WriteArtifact", [s3.PutObject, s3.PutObjectAcl], [artifact_arn(store, name)])


def read_artifacts(store: buckets.Bucket, *names: str, region: Region | None = None) -> Statement:
    """Read artifacts, by version, from the store of a Region."""
    artifacts = [artifact_arn(store, name, region) for name in names]
    conditions = [OWN_ACCOUNT] if region else []
    return allow("ReadArtifacts", [s3.GetObject, s3.GetObjectVersion], artifacts, *conditions)


def look_at_store(store: buckets.Bucket) -> Statement:
    """Ask where the artifact bucket is and whose it is.

    Source: CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services".
    """
    return allow("LookAtStore", [s3.GetBucketAcl, s3.GetBucketLocation], [bucket_arn(store)])


def carry_artifacts(store: buckets.Bucket, *names: str) -> Statement:
    """Copy artifacts from Region to Region, and hand them to actions.

    Source: CodePipeline User Guide, "Manage the CodePipeline service role".
    """
    actions = [s3.GetObject, s3.GetObjectVersion, s3.PutObject, s3.PutObjectAcl]
    artifacts = [
        only_in(region, artifact_arn(store, name, region))
        for name in names
        for region in EVERYWHERE
    ]
    return allow("CarryArtifacts", actions, artifacts, OWN_ACCOUNT)


def look_at_stores(store: buckets.Bucket) -> Statement:
    """Ask each artifact bucket where it is, whose it is, and whether it keeps versions.

    Source: CodePipeline User Guide, "Manage the CodePipeline service role".
    """
    actions = [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning]
    places = [only_in(region, bucket_arn(store, region)) for region in EVERYWHERE]
    return allow("LookAtStores", actions, places, OWN_ACCOUNT)


def put_releases(bucket: buckets.Bucket, prefix: str) -> Statement:
    """Put releases, and read what is there to compare it with what would be put."""
    releases = Sub(f"${{{bucket.title}.Arn}}/{prefix}/*")
    return allow("PutReleases", [s3.GetObject, s3.PutObject], [releases])


def find_releases(bucket: buckets.Bucket) -> Statement:
    """See whether an object is there: without it, a missing one answers 403, not 404."""
    return allow("FindReleases", [s3.ListBucket], [bucket.get_att("Arn")])
