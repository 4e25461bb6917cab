"""A processor with a dependency: packaged, deployed, and allowed exactly what it declares."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from boto3.dynamodb.types import TypeDeserializer
from troposphere import encode_to_dict, kms, s3

from examples.thumbnails.permissions import grants
from generators.application import build
from generators.render import render
from generators.retention import Retention
from local.emulator import Emulator
from serverlessapp.package.package import Package, make
from serverlessapp.template.reading import load
from tests.images import png

from .conftest import Deployment, wait_until

EXAMPLE = Path(__file__).resolve().parents[2] / "examples/thumbnails"
Deploy = Callable[..., Deployment]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Start an emulator of its own, which checks what the function's role may do."""
    with Emulator(enforce_iam=True) as running:
        yield running


@pytest.fixture(scope="module")
def session(emulator: Emulator) -> boto3.Session:
    return emulator.session()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Package the example. Its dependency is downloaded; without it, the tests fail."""
    output = tmp_path_factory.mktemp("packages")
    return make(EXAMPLE, output=output, platform="host")


@pytest.fixture(scope="module")
def code(session: boto3.Session, package: Package) -> Iterator[dict[str, str]]:
    """Upload the package and return the parameters that name it."""
    store: Any = session.client("s3")
    where = {"LocationConstraint": session.region_name}
    store.create_bucket(Bucket="packages", CreateBucketConfiguration=where)
    key = package.archive.path.name
    store.upload_file(str(package.archive.path), "packages", key)
    yield {"CodeBucket": "packages", **package.parameters}
    store.delete_object(Bucket="packages", Key=key)
    store.delete_bucket(Bucket="packages")


def plain(retention: Retention) -> str:
    """Return the template without its demand for TLS: the emulator speaks plain HTTP."""
    content = load(render(build(retention)))
    for resource in content["Resources"].values():
        policy = resource["Properties"].get("PolicyDocument", {"Statement": []})
        kept = [one for one in policy["Statement"] if one.get("Sid") != "DenyInsecureTransport"]
        policy["Statement"] = kept
    return json.dumps(content, separators=(",", ":"))


def granted(retention: Retention) -> str:
    """Return the template with the example's grants in the function's policy."""
    content = json.loads(plain(retention))
    statements = grants(bucket=s3.Bucket("UploadBucket"), key=kms.Key("EncryptionKey"))
    policy = content["Resources"]["FileProcessorPolicy"]["Properties"]["PolicyDocument"]
    policy["Statement"] += encode_to_dict(statements)
    return json.dumps(content, separators=(",", ":"))


@pytest.fixture(params=[granted], ids=["granted"])
def template(request: pytest.FixtureRequest) -> Callable[[Retention], str]:
    """Take the place of the generated template in ``deploy``."""
    return request.param  # type: ignore[no-any-return]


def ledger(stack: Deployment) -> dict[str, Any]:
    """Return the receipts by the files' names."""
    found = stack.client("dynamodb").scan(TableName=stack.outputs["LedgerTableName"])["Items"]
    items = [TypeDeserializer().deserialize({"M": item}) for item in found]
    prefix = stack.outputs["UploadPrefix"]
    return {item["object_key"].removeprefix(prefix): item["receipt"] for item in items}


def results(stack: Deployment) -> list[str]:
    """Return the keys of all versions of all results."""
    found = stack.client("s3").list_object_versions(
        Bucket=stack.outputs["UploadBucketName"], Prefix="results/"
    )
    return [version["Key"] for version in found.get("Versions", [])]


def failures(stack: Deployment) -> list[str]:
    """Return the log lines about files that will be tried again."""
    found = stack.client("logs").filter_log_events(
        logGroupName=stack.outputs["LogGroupName"], filterPattern='"failed; SQS delivers"'
    )
    return [event["message"] for event in found["events"]]


def test_a_thumbnail_for_an_image_and_a_reason_for_a_text(
    deploy: Deploy, code: dict[str, str]
) -> None:
    stack = deploy(**code)
    version = stack.upload("site plan.png", png(640, 320))
    stack.upload("notes.txt", b"not an image")

    reason = stack.wait_for_parked()["MessageAttributes"]["Reason"]["StringValue"]
    assert reason.startswith("not an image that can be read")
    receipt = wait_until("a receipt", lambda: ledger(stack).get("site plan.png"))
    key = f"results/uploads/site plan.png/{version}.jpg"
    assert receipt == {"thumbnail": key, "width": 256, "height": 128}
    found = stack.client("s3").get_object(Bucket=stack.outputs["UploadBucketName"], Key=key)
    assert found["ContentType"] == "image/jpeg"
    assert found["Body"].read().startswith(b"\xff\xd8\xff")

    # Were the thumbnail an event too, it would come before the one of this later upload,
    # be refused, and stay invisible in the queue until the next try.
    stack.upload("later.png", png(8, 8))
    wait_until("a later receipt", lambda: ledger(stack).get("later.png"))
    wait_until("an empty queue", lambda: stack.messages() == (0, 0))
    assert ledger(stack).keys() == {"site plan.png", "later.png"}
    assert len(results(stack)) == 2
    assert len(stack.parked()) == 1


@pytest.mark.parametrize("template", [plain], indirect=True, ids=["not granted"])
def test_nothing_is_written_without_the_grant(deploy: Deploy, code: dict[str, str]) -> None:
    stack = deploy(**code)
    stack.upload("site plan.png", png(64, 32))
    (said, *_) = wait_until("a delivery that failed", lambda: failures(stack))
    assert "AccessDenied" in said
    assert "PutObject" in said
    assert not results(stack)
    assert not ledger(stack)


def test_the_dependency_is_in_the_package(package: Package, tmp_path: Path) -> None:
    assert package.dependencies == (EXAMPLE / "requirements.txt").read_text().splitlines()[1:]
    with zipfile.ZipFile(package.archive.path) as content:
        content.extractall(tmp_path)
    # -S leaves out what is installed here, so this can only be the package's.
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import PIL.Image as i; print(i)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True
    )
    assert str(tmp_path) in done.stdout
