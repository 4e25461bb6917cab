"""The buckets of artifacts and of code: one of each in each Region."""

from collections.abc import Sequence
from typing import Any

from awacs import s3 as s3_actions
from awacs.aws import Statement
from troposphere import Ref, Select, Split, Sub, Template, codepipeline, s3
from troposphere import Region as OwnRegion

from generators import buckets
from generators.context import CONSTRAINED, NEVER, REVIEWED, Mutability, explained
from generators.policies import document
from generators.retention import Retention
from pipeline import names, places
from pipeline.grants.reading import NAMED, by_environments
from pipeline.releases import put_only_if_absent

NAME_LENGTH = 10  # CodePipeline shortens names in keys to this, and a shorter one stays as it is
KEY = "ArtifactKeyArn"  # parameter of the pipeline, where there is more than one account

WITHOUT_KEY = (
    "No customer managed key: CodePipeline uses the account's AWS managed key for S3, which "
    'works across Regions but not across accounts (CodePipeline User Guide, "Create a pipeline '
    'that uses resources from another account"). Roles may use no other key.'
)


def add_artifacts_to(
    template: Template,
    *,
    why: str,
    name: Sub | None = None,
    accounts: Sequence[str] = (),
    condition: str | None = None,
) -> s3.Bucket:
    """Add a bucket for artifacts, which expire; environments in other ``accounts`` read them.

    It has a ``name`` where others have to know it before the bucket is there.
    """
    must = [
        "Artifacts must be kept as long as a rollback may need them: the last deployment may be "
        "half a year old.",
    ]
    bucket = s3.Bucket("ArtifactBucket", **buckets.expiring("ExpireArtifacts"))
    readers = (names.REVIEW, names.DELIVER)
    return add_bucket_to(
        template,
        bucket,
        why=f"{why} Retained with its objects when the stack is deleted: CloudFormation cannot "
        "delete a bucket that is not empty. What remains costs little and expires.",
        content="the source",
        must=must if accounts else [*must, WITHOUT_KEY],
        name=name,
        condition=condition,
        accounts=accounts,
        statements=let_environments_read(bucket, accounts, readers),
    )


def add_code_to(
    template: Template,
    *,
    name: Sub,
    accounts: Sequence[str] = (),
    key: Any = None,
    condition: str | None = None,
) -> s3.Bucket:
    """Add a bucket for packages of code, which nothing overwrites and nothing expires.

    Deploy roles in other ``accounts`` read it. Without the ARN of a ``key``, S3's own encrypt it.
    """
    encryption = buckets.encrypted_with(key) if key else buckets.encrypted_by_s3()
    bucket = s3.Bucket(
        "CodeBucket",
        BucketEncryption=s3.BucketEncryption(ServerSideEncryptionConfiguration=[encryption]),
        LifecycleConfiguration=s3.LifecycleConfiguration(
            Rules=[buckets.abort_unfinished_uploads()]
        ),
    )
    return add_bucket_to(
        template,
        bucket,
        why="Lambda reads packages from its own Region. Each is stored once, under its digest, so "
        "that unchanged code changes no stack.",
        content="the code that production runs",
        must=[
            "Packages never expire: a rollback needs the package of the earlier deployment. The "
            "command prune deletes those that no stack uses.",
            "Uploads must use If-None-Match, so that S3 refuses existing keys, and a single "
            "PutObject: everything else is denied.",
        ],
        name=name,
        condition=condition,
        accounts=accounts,
        statements=[
            put_only_if_absent(bucket),
            *let_environments_read(bucket, accounts, (names.DEPLOY,)),
        ],
    )


def add_bucket_to(
    template: Template,
    bucket: s3.Bucket,
    *,
    why: str,
    content: str,
    must: Sequence[str],
    name: Sub | None,
    condition: str | None,
    accounts: Sequence[str],
    statements: Sequence[Statement],
) -> s3.Bucket:
    """Add a bucket that is private, versioned and kept, with its policy."""
    retention = Retention.RETAINED.policies
    mutability: dict[str, Mutability] = {"LifecycleConfiguration": CONSTRAINED}
    if name:
        bucket.BucketName = name
        mutability["BucketName"] = NEVER
    bucket.Metadata = explained(
        why,
        mutable=REVIEWED,
        must=must,
        mutability=mutability,
        skip={"CKV_AWS_18": "written by the pipeline only; its history shows who made each object"},
    )
    for key, value in (buckets.private() | retention).items():
        setattr(bucket, key, value)
    policy = s3.BucketPolicy(
        f"{bucket.title}Policy",
        Metadata=explained(
            f"Requires TLS, because objects contain {content}. Allows nothing in the pipeline's "
            "account: roles have permissions of their own.",
            mutable=REVIEWED,
            skip=NAMED if accounts else {},
        ),
        Bucket=bucket.ref(),
        PolicyDocument=document(buckets.refuse_plain_http(bucket), *statements),
        **retention,
    )
    for resource in (bucket, policy):
        if condition:
            resource.Condition = condition
        template.add_resource(resource)
    return bucket


def let_environments_read(
    bucket: s3.Bucket, accounts: Sequence[str], purposes: Sequence[str]
) -> list[Statement]:
    """Let roles of environments in other accounts read; none, if there are no such accounts.

    Source: Amazon S3 User Guide, "Bucket owner granting cross-account bucket permissions": their
    own policies have to allow it, too.
    """
    if not accounts:
        return []
    reading = (s3_actions.GetObject, s3_actions.GetObjectVersion)
    files = [buckets.objects(bucket)]
    return [by_environments("ReadFromOtherAccounts", accounts, purposes, reading, files)]


def bucket_arn(store: s3.Bucket, region: str = "") -> Any:
    """Return the ARN of another Region's artifact bucket; by default, of the pipeline's own."""
    return Sub(regional_arn(names.ARTIFACT_BUCKET, region)) if region else store.get_att("Arn")


def artifact_arn(store: s3.Bucket, name: str, region: str = "") -> Sub:
    """Return the ARN pattern of an artifact's objects, ``<bucket>/<pipeline>/<name>/<id>``.

    Source: CodePipeline User Guide, "Troubleshooting", about folder names that appear truncated.

    Raises:
        ValueError: The name would be shortened, so the pattern would match nothing.
    """
    if len(name) > NAME_LENGTH:
        raise ValueError(f"artifact {name} has more than {NAME_LENGTH} characters")
    bucket = regional_arn(names.ARTIFACT_BUCKET, region) if region else f"${{{store.title}.Arn}}"
    return Sub(f"{bucket}/*/{name}/*")


def regional_arn(pattern: str, region: str) -> str:
    """Return the ARN of a bucket whose name follows from account and Region, for ``Sub``."""
    return f"arn:${{AWS::Partition}}:s3:::{places.bucket(pattern, region)}"


def key_arn(region: str) -> Sub:
    """Return the ARN of the artifact key in a Region; the ID is the same in each."""
    key_id = Select(1, Split("/", Ref(KEY)))
    arn = f"arn:${{AWS::Partition}}:kms:{region}:${{AWS::AccountId}}:key/${{KeyId}}"
    return Sub(arn, KeyId=key_id)


def artifact_stores(store: s3.Bucket, regions: Sequence[str], *, has_key: bool) -> dict[str, Any]:
    """Return the pipeline's property: one store or, with other Regions, one for each.

    A key is given by its ARN: aliases count only in their own account (CodePipeline API
    Reference, "EncryptionKey").
    """

    def encrypted(location: Any, key: Any) -> codepipeline.ArtifactStore:
        made = codepipeline.ArtifactStore(Type="S3", Location=location)
        if has_key:
            made.EncryptionKey = codepipeline.EncryptionKey(Id=key, Type="KMS")
        return made

    own = encrypted(store.ref(), Ref(KEY))
    if not regions:
        return {"ArtifactStore": own}
    others = {
        region: encrypted(Sub(places.bucket(names.ARTIFACT_BUCKET, region)), key_arn(region))
        for region in regions
    }
    return {
        "ArtifactStores": [
            codepipeline.ArtifactStoreMap(Region=region, ArtifactStore=each)
            for region, each in ((OwnRegion, own), *others.items())
        ]
    }
