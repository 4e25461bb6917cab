"""Several lanes: what of them the house's own may not have, proved likewise.

Three: receipts of texts; the thumbnails of ``examples/``, which write results; and its word count,
which takes texts, too, through EventBridge, and so another kind of events on each path. What all
lanes need alike is proved for the house. The word count may write results as well, and does not.
"""

from dataclasses import replace
from importlib.metadata import version
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

from generators.lanes import Lane, load
from local import packages
from local.emulator import Emulator
from serverlessapp.package import imports
from serverlessapp.processors.uploads import Uploads
from tests.fixture_lanes import lane

from .attack import Attack
from .conftest import deployed
from .entries import check_entry
from .evidence import Evidence, check_guard, check_need, collect
from .grants import Grant, Statement
from .proof import ROOT, Proof
from .world import World

TEXTS = (".txt",)
EXAMPLES = {each.name: each for each in load(ROOT / "examples")}


def taking(name: str, **uploads: Any) -> Lane:
    """Return an example that takes these uploads."""
    example = EXAMPLES[name]
    return replace(example, processor=replace(example.processor, uploads=Uploads(**uploads)))


PICTURES = taking("thumbnails", suffixes=(".jpg", ".png"))
WORDS = replace(taking("words", source="eventbridge", suffixes=TEXTS), grants=PICTURES.grants)
PROOF = Proof((lane(suffixes=TEXTS), PICTURES, WORDS))
ZIPS = PROOF.lanes[1:]
OF_PICTURES = ("thumbnails: file", "thumbnails: two files of each suffix")
PATHS = [
    path for path in PROOF.paths.values() if path.lane == WORDS.name or path.name in OF_PICTURES
]


def shape(proof: Proof, statement: Statement) -> Any:
    """Return a statement without the name of the lane that it belongs to, to compare it."""
    owner = proof.owners.get(statement.holder)
    name = owner.logical_id("") if owner else ""
    resources = [each.removeprefix(name) for each in statement.resources]
    principal = str(statement.content.get("Principal"))
    return statement.sid, principal, statement.actions, resources, statement.conditions


def new() -> list[Statement]:
    """Return the statements of zip lanes that a lane which takes everything does not have."""
    plain = Proof((lane(),))
    known = [shape(plain, each) for each in plain.statements]
    of_zips = [each for each in PROOF.statements if PROOF.owners.get(each.holder) in ZIPS]
    return [each for each in of_zips if shape(PROOF, each) not in known]


def attacks() -> list[Attack]:
    """Return the attacks that new statements stop, and those of one lane on another."""
    keys = {(each.holder, each.sid) for each in NEW}
    alone = {attack.name for each in PROOF.lanes for attack in Proof((each,)).attacks}
    return [
        attack
        for attack in PROOF.attacks
        if (attack.guard.holder, attack.guard.sid) in keys or attack.name not in alone
    ]


NEW = new()
IDLE = [each for each in PROOF.own if PROOF.owners[each.holder] is WORDS]
GRANTS = [grant for each in NEW if each.allows and each not in IDLE for grant in each.grants()]


@pytest.fixture(scope="module")
def code(enforcing: Emulator, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Package the examples without what they need, which has to be installed here."""
    needed = EXAMPLES["thumbnails"].processor.folder / "requirements.txt"
    assert f"pillow=={version('pillow')}" in needed.read_text().split(), "setup.cfg differs"
    processors = []
    for each in ZIPS:
        folder = tmp_path_factory.mktemp("examples") / each.name
        copytree(each.processor.folder, folder, ignore=ignore_patterns("requirements.txt"))
        processors.append(replace(each.processor, folder=folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(imports, "PROVIDED", imports.PROVIDED.union({"PIL"}))  # here it is
        return packages.store(enforcing.session(), processors)


@pytest.fixture(scope="module")
def world(enforcing: Emulator, code: dict[str, str]) -> World:
    given = {"EnvironmentSuffix": "lanes", "Encryption": "CustomerManaged"}
    made = deployed(enforcing, PROOF, code, "administrator", "lanes", **given)
    made.settle()
    return made


@pytest.fixture(scope="module")
def keyless(enforcing: Emulator, code: dict[str, str]) -> World:
    return deployed(enforcing, PROOF, code, "other", "keyless", EnvironmentSuffix="keyless")


@pytest.fixture(scope="module")
def evidence(world: World) -> Evidence:
    return collect(world, PROOF, PATHS)


@pytest.mark.parametrize("name", [path.name for path in PATHS])
def test_nothing_is_refused(evidence: Evidence, name: str) -> None:
    assert name not in evidence.failures, evidence.failures[name]


def test_everything_is_used_and_nothing_else(evidence: Evidence) -> None:
    of_words = [each for each in PROOF.statements if PROOF.owners.get(each.holder) is WORDS]
    wanted = [grant for each in of_words if each.allows for grant in each.grants()] + GRANTS
    unused = {(each.holder, each.sid) for each in wanted if each not in evidence.used}
    assert unused == {(each.holder, each.sid) for each in IDLE}
    assert not evidence.unknown


@pytest.mark.parametrize("name", [each.name for each in PROOF.lanes])
def test_each_entry_is_signed(world: World, name: str) -> None:
    check_entry(world, next(each for each in PROOF.lanes if each.name == name))


@pytest.mark.parametrize("grant", GRANTS, ids=" ".join)
def test_without_it_a_path_fails(world: World, evidence: Evidence, grant: Grant) -> None:
    check_need(world, PROOF, evidence, grant)


@pytest.mark.parametrize("grant", list(IDLE[0].grants()), ids=" ".join)
def test_a_grant_that_no_sample_needs_is_told(
    world: World, evidence: Evidence, grant: Grant
) -> None:
    advice = f"processor words: none of its samples needs {grant.sid}"
    with pytest.raises(AssertionError, match=advice):
        check_need(world, PROOF, evidence, grant)
    said = Evidence(used={grant: ["words: file"]})
    with pytest.raises(AssertionError, match=f"without it, no path fails: {advice}"):
        check_need(world, PROOF, said, grant)


@pytest.mark.parametrize("attack", attacks(), ids=lambda each: each.name)
def test_only_its_guard_stops_it(attack: Attack, request: pytest.FixtureRequest) -> None:
    check_guard(request.getfixturevalue(attack.stack), PROOF, attack)


def test_each_kind_of_attack_is_here() -> None:
    """So that this is not empty, whatever the statements are one day."""
    sids = {(each.holder, each.sid) for each in NEW}
    assert ("ThumbnailsRole", "PutResults") in sids
    assert ("WordsIngestQueue", "AcceptUploadEvents") in sids
