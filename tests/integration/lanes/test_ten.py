"""Ten processors in one stack, announced in both ways: each takes its own uploads alone."""

from collections.abc import Iterator

import pytest

from local.emulator import Emulator
from tests.fixture_lanes import lane

from ..conftest import Operate, wait_until
from .stage import Stage

LANES = [
    lane(folder="signed/"),
    lane("a", handler="own:run", folder="in/", suffixes=[".csv"], settings={"WORD": "a"}),
    lane("b", handler="own:run", folder="in/", suffixes=[".json"], attempts=5),
    lane("c", handler="own:run", folder="out/", suffixes=[".csv", ".tsv"], storage=1024),
    lane("d", handler="own:run", folder="out/", suffixes=[".gz"], memory=512, timeout=300),
    lane("e", handler="own:run", folder="in/deep/er/", suffixes=[".xml"], concurrency=2),
    lane(
        "f",
        handler="own:run",
        folder="elsewhere/",
        suffixes=["_final.txt"],
        settings={"WORD": "f", "LIMIT": "9"},
    ),
    lane("g", handler="own:run", source="eventbridge", folder="in/"),
    lane("h", handler="own:run", source="eventbridge", folder="out/", suffixes=[".csv", ".gz"]),
    lane("i", handler="own:run", source="eventbridge", suffixes=[".json"], attempts=2),
]
FILES = [
    f"{folder}{name}"
    for folder in ("signed/", "in/", "in/deep/er/", "out/", "elsewhere/")
    for name in ("1.csv", "2.json", "3.tsv", "4.gz", "5.xml", "6_final.txt", "ü+ 7.CSV")
]


@pytest.fixture(scope="module", params=[False, True], ids=["root", "enforced"])
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with Emulator(enforce_iam=request.param) as running:
        yield running


def test_each_lane_takes_its_own_files_once(stage: Stage, operate: Operate) -> None:
    stage.change(*LANES)
    for name in FILES:
        stage.upload(name, b"content")
    prefix = stage.outputs["UploadPrefix"]
    taken = {
        each.name: {name for name in FILES if each.processor.uploads.take(name)} for each in LANES
    }
    for lane_name, files in taken.items():
        stage.wait_for(lane_name, *files)
        assert stage.processed(lane_name) == dict.fromkeys(files, 1)
    words = {item["receipt"]["M"]["word"]["S"] for item in stage.entries("a").values()}
    assert words == {"a"}

    strays = {prefix + name for name in set(FILES).difference(*taken.values())}
    assert strays, "no file that no lane takes proves nothing"
    code, document = operate("verify", stage.name)
    assert (code, document["counts"]["verified"]) == (0, sum(map(len, taken.values())))
    assert {row["key"] for row in document["untaken"]} == strays
    code, document = operate("reconcile", stage.name)
    assert (code, document["planned"]) == (0, [])
    assert {row["key"] for row in document["untaken"]} == strays
    wait_until("idle queues", lambda: operate("reconcile", stage.name)[1]["waiting"] == 0)
    assert operate("parked", stage.name)[1]["parked"] == []
