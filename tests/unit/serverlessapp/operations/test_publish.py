"""A release is published once, whoever else tries at the same time."""

import hashlib
import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from serverlessapp.errors import OperatorError
from serverlessapp.operations import publish
from serverlessapp.releases.archive import SUMS
from serverlessapp.report import Report

FILES = {"a.yaml": b"{}", "b.yaml": b"[]"}


class FakeS3:
    """A bucket. ``rival`` is what somebody else puts just before our first put."""

    exceptions = SimpleNamespace(NoSuchKey=KeyError)

    def __init__(self, rival: dict[str, bytes] | None = None) -> None:
        self.objects: dict[str, bytes] = {}
        self.rival = rival or {}
        self.puts: list[str] = []

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.objects[Key])}

    def put_object(self, **request: Any) -> None:
        assert request["IfNoneMatch"] == "*"
        assert request["ChecksumSHA256"]
        self.objects |= self.rival
        self.rival = {}
        self.puts.append(request["Key"])
        if request["Key"] in self.objects:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.objects[request["Key"]] = request["Body"]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in FILES.items()]
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / SUMS).write_text("".join(lines), encoding="utf-8")
    return tmp_path


def run(s3: FakeS3, folder: Path, version: str = "1.2.0") -> int:
    return publish.run(
        Report(yes=True),
        s3,  # type: ignore[arg-type]
        bucket="b",
        version=version,
        folder=folder,
    )


def test_all_is_put_below_the_version_and_the_checksums_last(release: Path) -> None:
    s3 = FakeS3()
    assert run(s3, release) == 0
    assert s3.puts == [f"serverlessapp/1.2.0/{name}" for name in (*FILES, SUMS)]


def test_the_same_bytes_again_are_fine_and_put_nothing(release: Path) -> None:
    s3 = FakeS3()
    run(s3, release)
    s3.puts.clear()
    assert run(s3, release) == 0
    assert s3.puts == []


def test_other_bytes_are_refused_before_anything_is_put(
    release: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    s3 = FakeS3()
    s3.objects["serverlessapp/1.2.0/b.yaml"] = b"other"
    assert run(s3, release) == 1
    assert s3.puts == []
    assert "b.yaml; a published version never changes" in capsys.readouterr().err


def test_a_put_that_comes_second_is_fine_with_the_same_bytes(release: Path) -> None:
    s3 = FakeS3(rival={f"serverlessapp/1.2.0/{name}": data for name, data in FILES.items()})
    assert run(s3, release) == 0
    assert f"serverlessapp/1.2.0/{SUMS}" in s3.objects


def test_a_put_that_comes_second_is_refused_with_other_bytes(release: Path) -> None:
    s3 = FakeS3(rival={"serverlessapp/1.2.0/a.yaml": b"other"})
    assert run(s3, release) == 1
    assert s3.objects["serverlessapp/1.2.0/a.yaml"] == b"other"
    assert f"serverlessapp/1.2.0/{SUMS}" not in s3.objects, "it would say the release is complete"


@pytest.mark.parametrize(
    "version", ["1.2.0-dev", "1.2.0.dev0", "1.2", "v1.2.0", "01.2.0", "1.2.0+build", ""]
)
def test_what_is_no_release_is_skipped_visibly(
    release: Path, version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    s3 = FakeS3()
    assert run(s3, release, version) == 0
    assert s3.puts == []
    assert "skipped" in capsys.readouterr().out


@pytest.mark.parametrize("version", ["0.1.0", "1.2.0", "10.20.30"])
def test_releases(release: Path, version: str) -> None:
    s3 = FakeS3()
    assert run(s3, release, version) == 0
    assert f"serverlessapp/{version}/{SUMS}" in s3.puts


def test_a_damaged_file_is_not_published(release: Path) -> None:
    (release / "a.yaml").write_bytes(b"damaged")
    with pytest.raises(OperatorError, match=r"SHA256SUMS: .*a\.yaml"):
        run(FakeS3(), release)


def test_a_file_that_is_not_listed_is_not_published(release: Path) -> None:
    (release / "notes.txt").write_bytes(b"?")
    with pytest.raises(OperatorError, match=r"SHA256SUMS: .*notes\.txt"):
        run(FakeS3(), release)


def test_a_listed_file_must_exist(release: Path) -> None:
    (release / "b.yaml").unlink()
    with pytest.raises(OperatorError, match=r"SHA256SUMS: .*b\.yaml"):
        run(FakeS3(), release)


def test_a_folder_without_checksums_is_no_release(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match="is not a release"):
        run(FakeS3(), tmp_path)


@pytest.mark.parametrize("sums", ["", "abc  a.yaml\n", f"{'0' * 64}  ../up\n"])
def test_checksums_must_be_checksums(release: Path, sums: str) -> None:
    (release / SUMS).write_text(sums, encoding="utf-8")
    with pytest.raises(OperatorError, match="SHA256SUMS"):
        run(FakeS3(), release)


def test_other_failures_of_s3_are_not_hidden(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = FakeS3()

    def denied(**request: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")

    monkeypatch.setattr(s3, "put_object", denied)
    with pytest.raises(ClientError, match="AccessDenied"):
        run(s3, release)
