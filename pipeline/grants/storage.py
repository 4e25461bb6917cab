"""Artifacts, code and releases: who writes, reads and carries them."""

from collections.abc import Iterable, Iterator
from typing import Any

from awacs import kms, s3
from awacs.aws import Statement, StringEquals
from troposphere import AccountId, Sub
from troposphere import s3 as buckets

from generators.policies import allow
from pipeline import names, places, stores
from pipeline.delivery import Delivery
from pipeline.stores import artifact_arn, bucket_arn

# Another Region's bucket has a name to guess.
OWN_ACCOUNT = StringEquals({"aws:ResourceAccount": AccountId})
# AWS CDK grants these to who reads, and to who writes, what a key encrypts.
DECRYPT = (kms.Decrypt, kms.DescribeKey)
ENCRYPT = (*DECRYPT, kms.Encrypt, kms.GenerateDataKey, kms.ReEncryptFrom, kms.ReEncryptTo)


def use_key(delivery: Delivery, *, writes: bool) -> Iterator[Statement]:
    """Yield the use of the key of artifacts, in any Region, if there is one."""
    if places.other_accounts(delivery):
        yield allow("UseArtifactKey", ENCRYPT if writes else DECRYPT, [stores.key_arn("*")])


def write_artifact(store: buckets.Bucket, name: str) -> Statement:
    """Put an artifact into the store of the pipeline's Region."""
    return allow("WriteArtifact", [s3.PutObject], [artifact_arn(store, name)])


def write_source(store: buckets.Bucket, name: str) -> Statement:
    """Put the source into the store; a source action sets an ACL with it.

    Source: AWS CDK, which grants the same to its CodeStarConnectionsSourceAction.
    """
    return allow("WriteArtifact", [s3.PutObject, s3.PutObjectAcl], [artifact_arn(store, name)])


def read_artifacts(store: buckets.Bucket, *artifacts: str) -> Statement:
    """Read artifacts, by version, from the store of the pipeline's Region."""
    arns = [artifact_arn(store, name) for name in artifacts]
    return allow("ReadArtifacts", [s3.GetObject, s3.GetObjectVersion], arns)


def look_at_store(store: buckets.Bucket) -> Statement:
    """Ask where the artifact bucket is and whose it is.

    Source: CodeBuild User Guide, "Allow CodeBuild to interact with other AWS services".
    """
    return allow("LookAtStore", [s3.GetBucketAcl, s3.GetBucketLocation], [bucket_arn(store)])


def carry_artifacts(
    store: buckets.Bucket, *artifacts: str, further: str, regions: Iterable[str]
) -> Statement:
    """Hand artifacts to actions, and copy the one that is needed further away to those Regions.

    Source: CodePipeline User Guide, "Manage the CodePipeline service role".
    """
    actions = [s3.GetObject, s3.GetObjectVersion, s3.PutObject, s3.PutObjectAcl]
    arns = [artifact_arn(store, name) for name in artifacts]
    arns += [artifact_arn(store, further, region) for region in regions]
    return allow("CarryArtifacts", actions, arns, OWN_ACCOUNT)


def look_at_stores(store: buckets.Bucket, regions: Iterable[str]) -> Statement:
    """Ask each artifact bucket where it is, whose it is, and whether it keeps versions.

    Source: CodePipeline User Guide, "Manage the CodePipeline service role".
    """
    actions = [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning]
    places = [bucket_arn(store, region) for region in ("", *regions)]
    return allow("LookAtStores", actions, places, OWN_ACCOUNT)


def put_code(regions: Iterable[str]) -> Iterator[Statement]:
    """Yield the upload of packages into each Region's code bucket, unless they are there."""
    arns = [stores.regional_arn(names.CODE_BUCKET, region) for region in ("", *regions)]
    files = [Sub(f"{arn}/*") for arn in arns]
    yield allow("PutCode", [s3.GetObject, s3.PutObject], files, OWN_ACCOUNT)
    yield find_objects("FindCode", [*map(Sub, arns)], OWN_ACCOUNT)


def look_at_own_code(bucket_names: Iterable[str]) -> Iterator[Statement]:
    """Yield the look at packages in a team's own buckets, if it names any."""
    if arns := [f"arn:${{AWS::Partition}}:s3:::{name}" for name in bucket_names]:
        yield allow("LookAtOwnCode", [s3.GetObject], [Sub(f"{arn}/*") for arn in arns])
        yield find_objects("FindOwnCode", [*map(Sub, arns)])


def put_releases(bucket: buckets.Bucket, prefix: str) -> Statement:
    """Put releases, and read what is there to compare it with what would be put."""
    releases = Sub(f"${{{bucket.title}.Arn}}/{prefix}/*")
    return allow("PutReleases", [s3.GetObject, s3.PutObject], [releases])


def find_objects(sid: str, arns: Iterable[Any], *conditions: StringEquals) -> Statement:
    """See whether an object is there: without it, a missing one answers 403, not 404."""
    return allow(sid, [s3.ListBucket], [*arns], *conditions)
