"""The artifact buckets: one in each Region."""

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


def add_to(template: Template) -> s3.Bucket:
    """Add the bucket for artifacts in the pipeline's own Region."""
    why = "What one action makes waits here for the next, and for a rollback."
    return add_bucket_to(template, s3.Bucket("ArtifactBucket"), why=why)


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


def bucket_arn(store: s3.Bucket, region: Region | None = None) -> object:
    """Return the ARN of a Region's artifact bucket; by default, of the pipeline's own."""
    return Sub(arn_in(region)) if region else store.get_att("Arn")


def artifact_arn(store: s3.Bucket, name: str, region: Region | None = None) -> Sub:
    """Return the ARN pattern of an artifact's objects, ``<bucket>/<pipeline>/<name>/<id>``.

    Source: CodePipeline User Guide, "Troubleshooting", about folder names that appear truncated.

    Raises:
        ValueError: The name would be shortened, so the pattern would match nothing.
    """
    if len(name) > NAME_LENGTH:
        raise ValueError(f"artifact {name} has more than {NAME_LENGTH} characters")
    bucket = arn_in(region) if region else f"${{{store.title}.Arn}}"
    return Sub(f"{bucket}/*/{name}/*")


def arn_in(region: Region) -> str:
    """Return the ARN of the artifact bucket in another Region, for ``Sub``."""
    return f"arn:${{AWS::Partition}}:s3:::{REGIONAL_BUCKET}{region.name}"


def only_store(store: s3.Bucket) -> codepipeline.ArtifactStore:
    """Return the store of a pipeline that stays in its Region."""
    return codepipeline.ArtifactStore(Type="S3", Location=store.ref())


def all_stores(store: s3.Bucket) -> list[object]:
    """Return the stores of a pipeline across Regions: its own, and one for each other."""
    return [
        codepipeline.ArtifactStoreMap(Region=OwnRegion, ArtifactStore=only_store(store)),
        *(
            region.only_here(
                codepipeline.ArtifactStoreMap(
                    Region=region.name,
                    ArtifactStore=codepipeline.ArtifactStore(
                        Type="S3", Location=Sub(REGIONAL_BUCKET + region.name)
                    ),
                )
            )
            for region in EXTRA
        ),
    ]
