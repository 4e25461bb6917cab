"""Receipts hold after a rotation, and a tampered one does not."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from serverlessapp.operations import verify
from serverlessapp.operations.checker import ReceiptStatus
from tests.integration.conftest import Deployment

Deploy = Callable[..., Deployment]
Operate = Callable[..., tuple[int, dict[str, Any]]]


def change(stack: Deployment, name: str, path: str, value: Any) -> None:
    """Change an attribute of a ledger entry, as somebody with access could."""
    stack.client("dynamodb").update_item(
        TableName=stack.outputs["LedgerTableName"],
        Key={"object_key": {"S": stack.outputs["UploadPrefix"] + name}},
        UpdateExpression=f"SET {'.'.join('#' + part for part in path.split('.'))} = :value",
        ExpressionAttributeNames={f"#{part}": part for part in path.split(".")},
        ExpressionAttributeValues={":value": value},
    )


def test_receipts_are_verified_also_after_a_rotation(deploy: Deploy, operate: Operate) -> None:
    stack = deploy()
    prefix, bucket = stack.outputs["UploadPrefix"], stack.outputs["UploadBucketName"]
    versions = {name: stack.upload(name, name.encode()) for name in ("a", "b", "c", "d", "e")}
    for name in versions:
        stack.wait_for_receipt(name)
    clean = {verdict.value: 0 for verdict in ReceiptStatus} | {"verified": 5}
    code, document = operate("verify", stack.name)
    assert (code, document["counts"], document["findings"]) == (0, clean, [])
    stack.client("secretsmanager").put_secret_value(
        SecretId=stack.outputs["SecretArn"], SecretString='{"password": "another"}'
    )
    code, document = operate("verify", stack.name)
    assert (code, document["counts"]) == (0, clean)

    change(stack, "a", "receipt.sha256", {"S": "0" * 64})
    change(stack, "b", "secret_version", {"S": "00000000-0000-0000-0000-000000000000"})
    change(stack, "c", "form", {"N": "2"})
    change(stack, "d", "size", {"N": "9"})
    stack.client("s3").delete_object(Bucket=bucket, Key=prefix + "e", VersionId=versions["e"])
    code, document = operate("verify", stack.name)
    assert code == 1
    found = {finding["key"]: finding for finding in document["findings"]}
    assert found[prefix + "a"]["reason"] == "the signature does not match"
    assert found[prefix + "b"]["reason"] == "the secret version no longer exists"
    assert found[prefix + "c"]["reason"].endswith("newer than this tool")
    assert found[prefix + "d"]["reason"] == "the signature does not match"
    assert found[prefix + "e"]["verdict"] == "object gone"

    for name, options, expected in (
        ("d", [], 1),
        ("e", [], 0),
        ("e", ["--strict"], 1),
        ("b", [], 7),
        ("unknown", [], 6),
    ):
        code, document = operate("verify", stack.name, "--key", prefix + name, *options)
        assert code == expected, name
        assert len(document["findings"]) == 1


def test_a_file_without_an_entry_is_missing(
    deploy: Deploy, operate: Operate, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = deploy()
    keys = [stack.outputs["UploadPrefix"] + name for name in ("lost.txt", "seen.txt")]
    for key in keys:
        stack.upload(key.rpartition("/")[2], b"x")
        stack.wait_for_receipt(key.rpartition("/")[2])
    table = stack.outputs["LedgerTableName"]
    stack.client("dynamodb").delete_item(TableName=table, Key={"object_key": {"S": keys[0]}})
    assert operate("verify", stack.name)[0] == 0, "it is too young to be missed"
    monkeypatch.setattr(verify, "SETTLING", timedelta())
    code, document = operate("verify", stack.name)
    assert (code, document["counts"]["missing"]) == (6, 1)
    assert [row["key"] for row in document["findings"]] == keys[:1]
    assert operate("receipt", stack.name, "--key", keys[0])[0] == 6


def test_receipts_of_0_x_are_verified_as_before(deploy: Deploy, operate: Operate) -> None:
    """Their signature is in the receipt, over bucket, key, version and SHA-256."""
    stack = deploy()
    bucket, key = stack.outputs["UploadBucketName"], stack.outputs["UploadPrefix"] + "old"
    version = stack.upload("old", b"old")
    stack.wait_for_receipt("old")
    secret = stack.client("secretsmanager").get_secret_value(SecretId=stack.outputs["SecretArn"])
    password, digest = json.loads(secret["SecretString"])["password"], hashlib.sha256(b"old")
    statement = "|".join((bucket, key, version, digest.hexdigest()))
    receipt = {
        "sha256": digest.hexdigest(),
        "type": "text/plain",
        "signature": hmac.new(password.encode(), statement.encode(), "sha256").hexdigest(),
        "secret_version": secret["VersionId"],
    }
    table = stack.outputs["LedgerTableName"]
    dynamodb = stack.client("dynamodb")
    item = dynamodb.get_item(TableName=table, Key={"object_key": {"S": key}})["Item"]
    for name in ("form", "processor", "signature", "secret_version"):
        del item[name]
    item["receipt"] = {"M": {name: {"S": value} for name, value in receipt.items()}}
    dynamodb.put_item(TableName=table, Item=item)
    assert operate("verify", stack.name)[1]["counts"]["verified"] == 1
    code, document = operate("receipt", stack.name, "--key", key)
    assert (code, document["entries"][0]["signed"]) == (0, statement)
    change(stack, "old", "receipt.sha256", {"S": "0" * 64})
    assert operate("verify", stack.name)[0] == 1


@pytest.mark.parametrize("command", ["parked", "reconcile", "verify"])
def test_no_such_stack(operate: Operate, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert operate(command, "nowhere") == (2, {})
