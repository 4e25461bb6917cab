"""``prune``: delete packages that no stack uses and no rollback can need."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from pipeline import names
from pipeline.code import is_key
from pipeline.delivery import Delivery, Environment
from pipeline.home import Home
from pipeline.upload import RECORDS
from serverlessapp.clients import CloudFormationClient, S3Client
from serverlessapp.errors import OperatorError
from serverlessapp.report import Report, count

# Of a service in a Region, as whoever runs this or, with an account, who that is there.
Client = Callable[[str, str, str], Any]
BATCH = 1000  # objects of one call (Amazon S3 API Reference, "DeleteObjects")


def run(
    report: Report, client: Client, *, delivery: Delivery, home: Home, older_than: timedelta
) -> int:
    """Plan, ask, and delete.

    Where a stack cannot be asked, all packages of its Region are kept.

    Returns:
        0 if nothing is left to delete, else as ``Report.refusal``.

    Raises:
        OperatorError: S3 keeps an object.
        ClientError: S3 or CloudFormation failed.
    """
    since, planned = datetime.now(UTC) - older_than, {}
    for region, bucket in home.code_buckets(delivery).items():
        used, unknown = set(), []
        with report.progress(f"looking at stacks in {region}") as progress:
            for environment in (None, *at(home, delivery, region)):
                name = environment.name if environment else "the pipeline's account"
                account = home.account_of(environment) if environment else ""
                progress(name)
                try:
                    used |= set(keys_of(client("cloudformation", region, account), environment))
                except ClientError as error:
                    unknown.append(f"{name}: {error.response['Error']['Code']}")
                except OperatorError as error:
                    unknown.append(f"{name}: {error}")
        for words in unknown:
            report.note(
                f"{region}: keeping all packages, because its stacks cannot be read; {words}"
            )
        if not unknown and (keys := unused(client("s3", region, ""), bucket, used, since)):
            planned[region] = keys
    number = sum(1 for keys in planned.values() for key in keys)
    rows = [(region, key) for region, keys in planned.items() for key in keys]
    document = {"planned": [{"region": region, "key": key} for region, key in rows]}
    if not rows:
        report.say("nothing to prune")
        report.document({**document, "deleted": 0})
        return 0
    report.table(("Region", "object"), rows)
    if refused := report.refusal(f"Permanently delete {count(number, 'object')}?"):
        report.document({**document, "deleted": 0})
        return refused
    for region, keys in planned.items():
        delete(client("s3", region, ""), home, home.code_bucket(region), keys)
    report.say(f"{count(number, 'object')} deleted")
    report.document({**document, "deleted": number})
    return 0


def at(home: Home, delivery: Delivery, region: str) -> Iterator[Environment]:
    """Yield the environments in other accounts that have a stack in a Region."""
    for environment, where in home.stacks(delivery):
        if where == region and home.account_of(environment) != home.account:
            yield environment


def keys_of(cloudformation: CloudFormationClient, environment: Environment | None) -> Iterator[str]:
    """Yield keys that stacks have: of an environment, or all of the pipeline's account.

    Also those of environments that ``delivery.toml`` names no more, and others: they may be of
    another bucket, which keeps too much, and nothing too little.
    """
    which: Any = {"StackName": names.stack(environment.name)} if environment else {}
    try:
        for page in cloudformation.get_paginator("describe_stacks").paginate(**which):
            for stack in page["Stacks"]:
                for given in stack.get("Parameters", ()):
                    if is_key(given["ParameterKey"]):
                        yield given["ParameterValue"]
    except ClientError as error:
        if "does not exist" not in error.response["Error"]["Message"]:
            raise


def unused(s3: S3Client, bucket: str, used: set[str], since: datetime) -> list[str]:
    """Return keys of packages and records that nothing needs, sorted."""
    old, kept = [], set(used)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    for item in (item for page in pages for item in page.get("Contents", ())):
        if item["LastModified"] < since:
            old.append(item["Key"])
        elif item["Key"].startswith(RECORDS):
            body = s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
            kept |= set(json.loads(body))
    # Not what somebody else put there.
    ours = re.compile(rf"[a-z][a-z0-9]+/[0-9a-f]+\.zip|{RECORDS}.*")
    return sorted(key for key in old if key not in kept and ours.fullmatch(key))


def delete(s3: S3Client, home: Home, bucket: str, keys: Iterable[str]) -> None:
    """Delete objects with all their versions."""
    wanted = set(keys)
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    versions = [
        {"Key": each["Key"], "VersionId": each["VersionId"]}
        for page in pages
        for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
        if each["Key"] in wanted
    ]
    for n in range(0, len(versions), BATCH):
        answer = s3.delete_objects(
            Bucket=bucket,
            Delete={"Objects": versions[n : n + BATCH]},  # type: ignore[typeddict-item]
            ExpectedBucketOwner=home.account,
        )
        for error in answer.get("Errors", ()):
            raise OperatorError(f"could not delete {error['Key']} in {bucket}: {error['Message']}")
