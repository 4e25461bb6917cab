"""A release in a bucket of the emulator, which honours conditional puts."""

import json
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from local.emulator import Emulator
from pipeline import artifacts
from serverlessapp.cli.main import main
from serverlessapp.releases.archive import SUMS

BUCKET = "releases"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    artifacts.assemble(tmp_path)
    return tmp_path / "release"


def test_a_version_keeps_its_bytes(
    emulator: Emulator,
    session: boto3.Session,
    release: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    credentials = session.get_credentials()
    assert credentials
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", credentials.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", credentials.secret_key)
    monkeypatch.setenv("AWS_DEFAULT_REGION", session.region_name)
    s3 = session.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})

    def publish(*options: str) -> int:
        capsys.readouterr()
        place = ["--endpoint-url", emulator.endpoint, "--bucket", BUCKET, "--version", "1.2.0"]
        return main(["publish", *place, *options, str(release)])

    def published() -> dict[str, str]:
        objects = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return {item["Key"]: item["ETag"] for item in objects}

    assert publish() == 2, "nobody is there to agree"
    assert published() == {}
    assert publish("--yes", "--json") == 0
    names = sorted(path.name for path in release.iterdir())
    assert sorted(json.loads(capsys.readouterr().out)["published"]) == names
    first = published()
    assert sorted(first) == [f"serverlessapp/1.2.0/{name}" for name in names]

    assert publish("--json") == 0, "nothing to agree to"
    assert json.loads(capsys.readouterr().out)["published"] == []

    (release / "application.yaml").write_text("{}", encoding="utf-8")
    (release / SUMS).unlink()
    artifacts.write_sums(release)
    assert publish("--yes") == 1
    assert published() == first
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket=BUCKET, Key=next(iter(first)), Body=b"", IfNoneMatch="*")
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": key} for key in first]})
    s3.delete_bucket(Bucket=BUCKET)
