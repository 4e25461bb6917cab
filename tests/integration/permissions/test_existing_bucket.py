"""A bucket that is there already: what its template grants otherwise, proved likewise.

In one with versions and a key of its owner's, and in one without either.
"""

import contextlib
from collections.abc import Iterator
from functools import partial

import pytest

from generators.source import UploadSource
from local.emulator import Emulator
from tests.fixture_lanes import lane

from .. import foreign
from .attack import PROCESSOR, Attack, got_through
from .attacks_by_functions import acting_as
from .conftest import deployed
from .evidence import Evidence, check_guard, check_need, collect
from .grants import Grant, Guard
from .paths import new_file
from .proof import Proof
from .world import World

LANE = lane(source="eventbridge")
OWN, PROOF = Proof((LANE,)), Proof((LANE,), UploadSource.EXISTING_BUCKET)
KNOWN = {(each.holder, each.sid, str(each.content)) for each in OWN.statements}
NEW = {
    (each.holder, each.sid): each
    for each in PROOF.statements
    if (each.holder, each.sid, str(each.content)) not in KNOWN
}
# An event that names no version takes this one alone; with a version, it is of no use.
UNVERSIONED = Grant(PROCESSOR, "ReadUploads", "Action", "s3:GetObject")
# Nor can this be walked: the emulator forwards no event to another account.
BUS = "EventBusPolicy"
GRANTS = [grant for each in NEW.values() if each.holder != BUS for grant in each.grants()]
PATHS = [PROOF.paths[name] for name in ("file", "version that is gone")]
SOURCE_KEY = "DecryptUploads"


def other_key(world: World) -> bool:
    """Read a file that the bucket's owner put there with another key."""
    s3 = world.root.client("s3")
    sealed = {
        "ServerSideEncryption": "aws:kms",
        "SSEKMSKeyId": world.root.client("kms").create_key()["KeyMetadata"]["Arn"],
    }
    place = {
        "Bucket": world.outputs["UploadBucketName"],
        "Key": world.outputs["UploadPrefix"] + new_file(world, LANE)[0],
    }
    made = s3.put_object(**place, **sealed, Body=b"x")
    reader = acting_as(world, LANE).client("s3")
    return got_through(reader.get_object, **place, VersionId=made["VersionId"])


def decrypts(world: World, key: str) -> bool:
    """Use the owner's key for something that is no file."""
    sealed = world.root.client("kms").encrypt(KeyId=key, Plaintext=b"not a file")
    kms = acting_as(world, LANE).client("kms")
    return got_through(kms.decrypt, CiphertextBlob=sealed["CiphertextBlob"], KeyId=key)


@pytest.fixture(scope="module")
def key(enforcing: Emulator) -> str:
    return str(enforcing.session().client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.fixture(scope="module")
def world(enforcing: Emulator, key: str) -> Iterator[World]:
    foreign.bucket(enforcing.session(), "with-versions", key=key)
    given = {"SourceBucket": "with-versions", "SourceKeyArn": key}
    made = deployed(enforcing, PROOF, {}, "administrator", "existing", **given)
    yield made
    with contextlib.suppress(Exception):
        made.delete()


@pytest.fixture(scope="module")
def keyless(enforcing: Emulator) -> World:
    foreign.bucket(enforcing.session(), "without-versions", versions=False)
    given = {"SourceBucket": "without-versions", "EnvironmentSuffix": "keyless"}
    return deployed(enforcing, PROOF, {}, "other", "keyless", **given)


@pytest.fixture(scope="module")
def evidence(world: World) -> Evidence:
    return collect(world, PROOF, PATHS)


@pytest.fixture(scope="module")
def unversioned(keyless: World) -> Evidence:
    return collect(keyless, PROOF, PATHS[:1])


def test_what_is_granted_otherwise_is_known() -> None:
    """So that nothing new is without a proof here."""
    of_role = {sid for holder, sid in NEW if holder == PROCESSOR}
    assert of_role == {"ReadUploads", "SeeWhatIsGone", SOURCE_KEY}
    assert {holder for holder, _ in NEW} == {PROCESSOR, BUS}


def test_nothing_is_refused_and_nothing_else_used(
    evidence: Evidence, unversioned: Evidence
) -> None:
    for each in (evidence, unversioned):
        assert not each.failures
        assert not each.unknown


@pytest.mark.parametrize("grant", GRANTS, ids=" ".join)
def test_without_it_a_path_fails(
    world: World, keyless: World, evidence: Evidence, unversioned: Evidence, grant: Grant
) -> None:
    where, shown = (keyless, unversioned) if grant == UNVERSIONED else (world, evidence)
    check_need(where, PROOF, shown, grant)


@pytest.mark.parametrize(
    "attack",
    [each for each in PROOF.attacks if (each.guard.holder, each.guard.sid) in NEW],
    ids=lambda each: each.name,
)
def test_only_its_guard_stops_it(attack: Attack, request: pytest.FixtureRequest) -> None:
    check_guard(request.getfixturevalue(attack.stack), PROOF, attack)


@pytest.mark.parametrize("part", ["Resource", "kms:ViaService"])
def test_the_owners_key_is_for_files_alone(world: World, key: str, part: str) -> None:
    attempt = other_key if part == "Resource" else partial(decrypts, key=key)
    guard = Guard(PROCESSOR, SOURCE_KEY, part)
    attack = Attack(name=part, guard=guard, attempt=attempt, stack="world")
    check_guard(world, PROOF, attack)
