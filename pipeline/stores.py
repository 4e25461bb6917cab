"""The artifact buckets: one in each Region."""

from dataclasses import dataclass

from troposphere import Region as OwnRegion
from troposphere import Sub, Template, codepipeline, s3

from generators import buckets
from generators.context import CONSTRAINED, NEVER, REVIEWED, Mutability, explained
from generators.policies import document
from generators.retention import Retention
from pipeline.regions import EXTRA, Region

# The name has to be known here, while the bucket is made there. 25 + 12 + 1 + 9 characters.
# Who takes the name before us gets nothing: roles use only buckets of this account.
REGIONAL_BUCKET = "serverlessapp-artifacts-${AWS::AccountId}-"

NAME_LENGTH = 10  # CodePipeline shortens names in keys to this, and a shorter one stays as it is


@dataclass(frozen=True, kw_only=True)
class StoreRefs:
    """What later parts need from the artifact store of the pipeline's own Region."""

    bucket: s3.Bucket


def add_to(template: Template) -> StoreRefs:
    """Add the bucket for artifacts in the pipeline's own Region."""
    why = "What one action makes waits here for the next, and for a rollback."
    return StoreRefs(bucket=add_bucket_to(template, s3.Bucket("ArtifactBucket"), why=why))


def add_bucket_to(template: Template, bucket: s3.Bucket, *, why: str) -> s3.Bucket:
    """Add a bucket that is private, versioned, encrypted and expires, with its policy."""
    retention = Retention.RETAINED.policies
    mutability: dict[str, Mutability] = {"LifecycleConfiguration": CONSTRAINED}
    if "BucketName" in bucket.properties:
        mutability["BucketName"] = NEVER
    bucket.Metadata = explained(
        f"{why} It outlives the stack: CloudFormation cannot delete a bucket with artifacts "
        "in it; what is left costs little and expires.",
        mutable=REVIEWED,
        must=[
            "Artifacts are kept long enough: a rollback needs what was delivered last, also after "
            "a quiet half-year.",
            "No key of our own: CodePipeline then uses S3's key of the account, which works across "
            'Regions and fails only across accounts (CodePipeline User Guide, "Create a pipeline '
            'that uses resources from another account"). No role may use another key.',
        ],
        mutability=mutability,
        skip={"CKV_AWS_18": "the pipeline's own objects; its history says who made each"},
    )
    for name, value in (
        buckets.private() | buckets.expiring("ExpireArtifacts") | retention
    ).items():
        setattr(bucket, name, value)
    template.add_resource(bucket)
    template.add_resource(
        s3.BucketPolicy(
            f"{bucket.title}Policy",
            Metadata=explained(
                "Artifacts hold the source, and S3 would answer plain HTTP as well. It lets nobody "
                "in: each action's role has its own permissions.",
                mutable=REVIEWED,
            ),
            Bucket=bucket.ref(),
            PolicyDocument=document(buckets.refuse_plain_http(bucket)),
            **retention,
        )
    )
    return bucket


def regional_bucket_name(region: Region) -> Sub:
    """Return the name of the artifact bucket in another Region."""
    return Sub(REGIONAL_BUCKET + region.name)


def bucket_arn(stores: StoreRefs, region: Region | None = None) -> object:
    """Return the ARN of a Region's artifact bucket; by default, of the pipeline's own."""
    if region is None:
        return stores.bucket.get_att("Arn")
    return Sub("arn:${AWS::Partition}:s3:::" + REGIONAL_BUCKET + region.name)


def artifact_arn(stores: StoreRefs, name: str, region: Region | None = None) -> Sub:
    """Return the ARN pattern of an artifact's objects, ``<bucket>/<pipeline>/<name>/<id>``.

    Source: CodePipeline User Guide, "Troubleshooting", about folder names that appear truncated.

    Raises:
        ValueError: The name would be shortened, so the pattern would match nothing.
    """
    if len(name) > NAME_LENGTH:
        raise ValueError(f"artifact {name} has more than {NAME_LENGTH} characters")
    if region is None:
        return Sub(f"${{{stores.bucket.title}.Arn}}/*/{name}/*")
    return Sub(f"arn:${{AWS::Partition}}:s3:::{REGIONAL_BUCKET}{region.name}/*/{name}/*")


def only_store(stores: StoreRefs) -> codepipeline.ArtifactStore:
    """Return the store of a pipeline that stays in its Region."""
    return codepipeline.ArtifactStore(Type="S3", Location=stores.bucket.ref())


def all_stores(stores: StoreRefs) -> list[object]:
    """Return the stores of a pipeline across Regions: its own, and one for each other."""
    return [
        codepipeline.ArtifactStoreMap(Region=OwnRegion, ArtifactStore=only_store(stores)),
        *(
            region.only_here(
                codepipeline.ArtifactStoreMap(
                    Region=region.name,
                    ArtifactStore=codepipeline.ArtifactStore(
                        Type="S3", Location=regional_bucket_name(region)
                    ),
                )
            )
            for region in EXTRA
        ),
    ]
