"""What a processor of one's own is granted in addition is needed as well, by the example's grants.

The key's conditions are on the stack's key already, so two of the guards stand behind each other;
the prefix is the one that stands alone.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from generators.application import build
from generators.extension import grants_of
from generators.render import render
from generators.retention import Retention
from local.emulator import Emulator
from local.enforcement.principals import administrator
from serverlessapp.template.reading import load
from tests.fixture_lanes import lane
from tests.unit.examples.images import png

from .attack import got_through
from .grants import Grant, Guard, statements
from .policies import opened, taken
from .world import RefusedError, World

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples/thumbnails"
# Of the retained template: in the ephemeral one is no room for more statements.
TEMPLATE = render(build(Retention.RETAINED, [lane(grants=grants_of(EXAMPLE))])).decode()
OWN = {"PutResults", "EncryptResults"}
STATEMENTS = {each.sid: each for each in statements(load(TEMPLATE)) if each.sid in OWN}
GRANTS = [grant for each in STATEMENTS.values() for grant in each.grants()]
ROLE = "FileProcessorRole"


@pytest.fixture(scope="module")
def thumbnails(enforcing: Emulator) -> Iterator[World]:
    """Deploy a stack that makes thumbnails; what they need is installed here, so not packaged."""
    deployed = World(administrator(enforcing.session(), "artist"), "thumbnails", {}, enforcing)
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(ROOT / "functions/file_processor/index.py", "index.py")
        archive.write(EXAMPLE / "thumbnails.py", "thumbnails.py")
    s3 = deployed.client("s3")
    s3.create_bucket(
        Bucket="packages",
        CreateBucketConfiguration={"LocationConstraint": deployed.session.region_name},
    )
    s3.put_object(Bucket="packages", Key="thumbnails.zip", Body=package.getvalue())
    deployed.update(
        TEMPLATE,
        EnvironmentSuffix="thumbnails",
        Encryption="CustomerManaged",
        CodeBucket="packages",
        CodeKey="thumbnails.zip",
        Processor="thumbnails:make",
    )
    deployed.retry_soon()
    deployed.settle()
    yield deployed


def thumbnail(world: World) -> None:
    """Upload an image and wait for its thumbnail."""
    name = world.new_name()
    version = world.upload(name, png(16, 16))
    key = f"results/{world.outputs['UploadPrefix']}{name}/{version}.jpg"
    s3, bucket = world.client("s3"), world.outputs["UploadBucketName"]
    world.wait(
        "a thumbnail",
        lambda: s3.list_objects_v2(Bucket=bucket, Prefix=key).get("Contents"),
    )
    world.wait("an empty queue", lambda: not world.waiting())


def test_the_example_has_these_statements() -> None:
    assert set(STATEMENTS) == OWN


@pytest.mark.parametrize("grant", GRANTS, ids=" ".join)
def test_without_it_there_is_no_thumbnail(thumbnails: World, grant: Grant) -> None:
    thumbnails.run(thumbnail)
    change = taken(STATEMENTS[grant.sid], grant)
    with (
        thumbnails.policies.changed(ROLE, grant.sid, change),
        pytest.raises((RefusedError, ClientError)),
    ):
        thumbnails.run(thumbnail)
    refused = {each.action for each in thumbnails.decisions() if not each.allowed}
    thumbnails.settle()
    assert refused == {grant.value}


def test_nothing_is_written_beside_the_results(thumbnails: World) -> None:
    s3, bucket = thumbnails.acting_as(ROLE).client("s3"), thumbnails.outputs["UploadBucketName"]
    arguments = {"Bucket": bucket, "Key": "elsewhere/x", "Body": b""}
    assert not got_through(s3.put_object, **arguments)
    guard = Guard(ROLE, "PutResults", "Resource")
    with thumbnails.policies.changed(ROLE, guard.sid, opened(STATEMENTS[guard.sid], guard)):
        assert got_through(s3.put_object, **arguments)
