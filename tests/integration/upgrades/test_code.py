"""A stack shows which code it runs, and CloudFormation notices every change of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from generators import inline
from generators.application import build
from generators.render import render
from generators.retention import Retention
from serverlessapp.package import archive

from ..conftest import Deployment

Deploy = Callable[..., Deployment]
INDEX = inline.FUNCTIONS / "file_processor" / "index.py"
BUCKET = "code-of-upgrades"


def shown(stack: Deployment) -> tuple[str, str, str]:
    """Return the output, the tag, and Lambda's own digest of what it runs."""
    function = stack.client("lambda").get_function(FunctionName=stack.outputs["FunctionArn"])
    sha256 = function["Configuration"]["CodeSha256"]
    return stack.outputs["CodeDigest"], function["Tags"]["CodeDigest"], sha256


def test_inline_code(deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = deploy()
    output, tag, runs = shown(stack)
    assert output == tag == inline.digest("file_processor")

    original = inline.source
    monkeypatch.setattr(inline, "source", lambda name: original(name) + "CHANGED = True\n")
    changed = stack.update(render(build(Retention.EPHEMERAL)).decode())
    assert "FileProcessor" in changed
    new_output, new_tag, runs_now = shown(stack)
    assert new_output == new_tag == inline.digest("file_processor") != output
    assert runs_now != runs


@pytest.fixture
def upload(session: boto3.Session, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Return a function that packages the code with one more line, and returns its key."""
    s3 = session.client("s3")
    where = {"LocationConstraint": "us-west-2"}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)  # type: ignore[arg-type]
    keys = []

    def package(line: str) -> str:
        source = tmp_path / "index.py"
        source.write_text(INDEX.read_text() + line)
        made = archive.write({"index.py": source}, output=tmp_path, name="processor")
        s3.upload_file(str(made.path), BUCKET, made.path.name)
        keys.append(made.path.name)
        return made.path.name

    yield package
    for key in keys:
        s3.delete_object(Bucket=BUCKET, Key=key)
    s3.delete_bucket(Bucket=BUCKET)


def test_packaged_code(
    deploy: Deploy, template: Callable[[Retention], str], upload: Callable[[str], str]
) -> None:
    first, second = upload("FIRST = True\n"), upload("SECOND = True\n")
    assert first != second
    stack = deploy(CodeBucket=BUCKET, CodeKey=first)
    output, tag, runs = shown(stack)
    assert output == tag == first
    changed = stack.update(template(Retention.EPHEMERAL), CodeBucket=BUCKET, CodeKey=second)
    assert "FileProcessor" in changed
    output, tag, runs_now = shown(stack)
    assert output == tag == second
    assert runs_now != runs
