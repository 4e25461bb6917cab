"""Two processors in one stack: every command knows both, and can be about one."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from generators.application import build
from generators.render import render
from generators.retention import Retention
from tests.entries import is_true
from tests.fixture_lanes import lane
from tests.integration.conftest import Deployment, wait_until

Operate = Callable[..., tuple[int, dict[str, Any]]]
ROOT = Path(__file__).resolve().parents[3]
CSV = """
from index import PermanentError

def run(file, context):
    with context.open() as download:
        content = download.read()
    if not content:
        raise PermanentError("no rows")
    return {"rows": content.count(b"\\n"), "mean": 0.50, "first": content[:2], "all": [1e20, None]}
"""


@pytest.fixture
def stack(session: boto3.Session) -> Iterator[Deployment]:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(ROOT / "functions/file_processor/index.py", "index.py")
        archive.writestr("csv_lane.py", CSV)
    deployment = Deployment(session, "two-lanes", {})
    s3 = deployment.client("s3")
    where = {"LocationConstraint": session.region_name}
    s3.create_bucket(Bucket="two-lanes-code", CreateBucketConfiguration=where)
    s3.put_object(Bucket="two-lanes-code", Key="csv.zip", Body=package.getvalue())
    lanes = [
        lane(suffixes=(".txt",)),
        lane("csv", handler="csv_lane:run", folder="reports/", suffixes=(".csv",)),
    ]
    try:
        deployment.update(
            render(build(Retention.EPHEMERAL, lanes)).decode(),
            CodeBucket="two-lanes-code",
            CsvCodeKey="csv.zip",
        )
        yield deployment
    finally:
        deployment.delete()
        s3.delete_object(Bucket="two-lanes-code", Key="csv.zip")
        s3.delete_bucket(Bucket="two-lanes-code")


def test_both_processors_are_operated(stack: Deployment, operate: Operate) -> None:
    prefix, bucket = stack.outputs["UploadPrefix"], stack.outputs["UploadBucketName"]
    table = json.loads(stack.outputs["Lanes"])["csv"]["ledger"]
    key = f"{prefix}reports/a.csv"

    def entries(name: str) -> Any:
        return operate("receipt", stack.name, "--key", prefix + name)[1]["entries"]

    for name in ("reports/a.csv", "a.txt", "reports/b.CSV"):
        stack.upload(name, b"a;b\n1;2\n")
    stack.upload("reports/empty.csv", b"")
    (entry,) = wait_until("an entry of csv", lambda: entries("reports/a.csv"))
    assert (entry["processor"], entry["verdict"]) == ("csv", "verified")
    (entry,) = wait_until("an entry of receipts", lambda: entries("a.txt"))
    assert (entry["processor"], entry["verdict"]) == ("receipts", "verified")

    code, document = operate("verify", stack.name)
    assert (code, document["counts"]["verified"]) == (0, 2)
    assert [row["key"] for row in document["untaken"]] == [f"{prefix}reports/b.CSV"]

    # A third party needs item, bucket and password.
    dynamodb = stack.client("dynamodb")
    item = dynamodb.get_item(TableName=table, Key={"object_key": {"S": key}})["Item"]
    secret = stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["SecretArn"])
    password = json.loads(secret["SecretString"])["password"]
    assert is_true(item, bucket, password)
    assert not is_true(item, bucket, password + "x")
    item["receipt"]["M"]["rows"] = {"N": "3"}
    assert not is_true(item, bucket, password)

    dynamodb.put_item(TableName=table, Item=item)
    code, document = operate("verify", stack.name)
    assert (code, [row["processor"] for row in document["findings"]]) == (1, ["csv"])
    assert operate("verify", stack.name, "--processor", "receipts")[0] == 0

    # Processed again, the entry is true again.
    code, document = operate("reprocess", stack.name, "--processor", "csv", "--key", key, "--yes")
    assert (code, document["sent"]) == (0, 1)
    wait_until("a true entry", lambda: operate("verify", stack.name)[0] == 0)
    assert operate("reconcile", stack.name)[1]["planned"] == []

    wait_until("a parked file", lambda: operate("parked", stack.name)[1]["parked"])
    (row,) = operate("parked", stack.name, "--logs")[1]["parked"]
    assert (row["processor"], row["reason"]) == ("csv", "no rows")
    assert operate("parked", stack.name, "--processor", "receipts")[1]["parked"] == []
    assert operate("redrive", stack.name, "--processor", "receipts", "--all")[1]["planned"] == []
    everything = ("--processor", "csv", "--all", "--yes")
    assert operate("redrive", stack.name, *everything)[1]["moved"] == 1
    wait_until("it again", lambda: operate("parked", stack.name)[1]["parked"])
    assert operate("discard", stack.name, *everything)[1]["discarded"] == 1
    assert operate("parked", stack.name, "--processor", "pdf") == (2, {})
