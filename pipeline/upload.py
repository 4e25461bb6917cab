"""``upload``: put packages into the code bucket of each Region, once each."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from botocore.exceptions import ClientError

from pipeline import code
from pipeline.code import PackageUse
from pipeline.delivery import Delivery
from pipeline.home import Home
from serverlessapp.aws import checksum, put_new
from serverlessapp.clients import S3Client
from serverlessapp.errors import OperatorError
from serverlessapp.report import Report, count

S3In = Callable[[str], S3Client]  # from the name of a Region
RECORDS = "_builds/"  # no lane has such a name; see ``record``


def run(report: Report, s3_in: S3In, *, dist: Path, delivery: Delivery, home: Home) -> int:
    """Upload what an artifact has, and look for what else its configurations name.

    Returns:
        0 if all is there now, 1 if a package of the team's own is not.

    Raises:
        OperatorError: A code bucket is missing, or not for us.
        ClientError: S3 failed.
    """
    packages = sorted((dist / code.CODE).glob("*.zip"))
    buckets = home.code_buckets(delivery) if packages else {}
    rows = []
    for region, bucket in buckets.items():
        s3 = s3_in(region)
        with report.progress(f"uploading to {bucket}") as progress:
            for path in packages:
                progress(path.name)
                is_new = put(s3, home, bucket, code.key(path), path.read_bytes())
                rows.append((region, code.key(path), "uploaded" if is_new else "there already"))
            record(s3, home, bucket, list(map(code.key, packages)))
    made = {(bucket, code.key(path)) for bucket in buckets.values() for path in packages}
    own = [use for use in code.used(dist) if (use.bucket, use.key) not in made]
    missing = [use for use in own if not is_there(s3_in(use.region), use)]
    report.table(("Region", "package", "state"), rows)
    for use in missing:
        report.note(
            f"{use.file}: {use.key} is missing in bucket {use.bucket} in {use.region}, or this "
            "role may not read it: upload it, or correct delivery.toml"
        )
    fields = ("region", "key", "state")
    report.document(
        {
            "packages": [dict(zip(fields, row, strict=True)) for row in rows],
            "missing": [vars(use) for use in missing],
        }
    )
    if not missing:
        report.say(f"{count(len(packages), 'package')} in {count(len(buckets), 'Region')}")
    return 1 if missing else 0


def put(s3: S3Client, home: Home, bucket: str, key: str, content: bytes) -> bool:
    """Put an object if there is none; return whether there was none.

    Raises:
        OperatorError: Something else is there, the bucket is missing or another account's, or
            another put is under way.
        ClientError: S3 failed.
    """
    try:
        if put_new(s3, content, Bucket=bucket, Key=key, ExpectedBucketOwner=home.account):
            return True
    except ClientError as error:
        problem = error.response["Error"]["Code"]
        if problem == "ConditionalRequestConflict":
            raise OperatorError(
                f"another upload of {key} to {bucket} is in progress: try again"
            ) from error
        if problem == "NoSuchBucket":
            raise OperatorError(f"bucket {bucket} does not exist: {advice(s3, home)}") from error
        if problem == "AccessDenied":
            raise OperatorError(
                f"access to {bucket} was denied for {key}: the bucket belongs to another account "
                f"than {home.account}, or this role may not write to it"
            ) from error
        raise
    check(s3, home, bucket, key, content)
    return False


def check(s3: S3Client, home: Home, bucket: str, key: str, content: bytes) -> None:
    """Refuse what has the key and is not what was built: any push may have put it there before.

    Source: Amazon S3 API Reference, "HeadObject": it takes ``s3:GetObject``, and ``kms:Decrypt`` if
    a key encrypts; what was put without this checksum has none.
    """
    there = s3.head_object(
        Bucket=bucket, Key=key, ChecksumMode="ENABLED", ExpectedBucketOwner=home.account
    )
    if there.get("ChecksumSHA256") != checksum(content):
        raise OperatorError(
            f"{key} in {bucket} differs from the package just built: find the push that uploaded "
            "it, delete all its versions, and build again"
        )


def advice(s3: S3Client, home: Home) -> str:
    """Return which stack makes the code bucket of a Region."""
    region = s3.meta.region_name
    if region == home.region:
        return f"update stack {home.pipeline} with templates/pipeline.yaml"
    return (
        f"launch templates/pipeline-region.yaml in {region} with PipelineStackName={home.pipeline}"
    )


def record(s3: S3Client, home: Home, bucket: str, keys: Sequence[str]) -> None:
    """Write down, once a day, what was built: as long as it may be deployed, nothing prunes it.

    A package says when it was first uploaded, and it may be the last build's all the same.
    """
    content = json.dumps(sorted(keys)).encode()
    digest = hashlib.sha256(content).hexdigest()
    put(s3, home, bucket, f"{RECORDS}{datetime.now(UTC).date()}-{digest}.json", content)


def is_there(s3: S3Client, use: PackageUse) -> bool:
    """Tell whether a package is in its bucket, as far as it may be looked at."""
    try:
        s3.head_object(Bucket=use.bucket, Key=use.key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("403", "404"):  # HEAD has no body to say more
            return False
        raise
    return True
