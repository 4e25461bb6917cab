"""A fork with two lanes of its own takes a new release: docs/fork.md."""

import shutil
from pathlib import Path

import pytest

from tests.fixture_lanes import FORK
from tests.house import House

GIT = ("git", "-c", "user.name=team", "-c", "user.email=team@example.com")
VERSION, HANDLER = "generators/__init__.py", "functions/file_processor/index.py"
RELEASES, TOML = "templates/releases", "pipeline/delivery.toml"
NEW_TABLE = "\n<!-- generated: delivery -->\n<!-- end -->\n"
ADDED = """

# A new release.
"""


def committed(house: House, words: str) -> None:
    house.run("git", "add", "-A")
    house.run(*GIT, "commit", "-q", "-m", words)


def appended(house: House, name: str, text: str) -> None:
    path = house.folder / name
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def released(house: House, version: str) -> None:
    """Write a version, and something that stands for its frozen release."""
    (house.folder / VERSION).write_text(f'"""Generates."""\n\n__version__ = "{version}"\n')
    (house.folder / RELEASES / version).mkdir()
    (house.folder / RELEASES / version / "manifest.json").write_text("{}\n")


def team_files(house: House) -> dict[str, bytes]:
    folder = house.folder
    kept = [folder.joinpath(name).rglob("*") for name in ("processors", RELEASES)]
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in (*kept[0], *kept[1], folder / TOML, folder / VERSION)
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Make a fork of a release, in whose repository the next release is, too: v2."""
    house = House(tmp_path_factory.mktemp("original") / "house")
    assert not (house.folder / ".git").exists()
    house.run("git", "init", "-q", "-b", "main")
    committed(house, "v1")
    house.run("git", "checkout", "-q", "-b", "project")
    released(house, "9.0.0")
    appended(house, HANDLER, ADDED)
    kept = house.folder / "generators/buckets.py"
    changed = kept.read_text().replace("ABORT_UPLOADS_AFTER = 7 ", "ABORT_UPLOADS_AFTER = 6 ")
    assert changed != kept.read_text()
    kept.write_text(changed)
    appended(house, "processors/receipts/processor.toml", "# changed\n")
    appended(house, TOML, "# changed\n")
    appended(house, "docs/reference.md", NEW_TABLE)
    house.tox("generate")
    committed(house, "v2")
    house.run("git", "tag", "v2")
    house.run("git", "checkout", "-q", "main")
    shutil.rmtree(house.folder / "processors")
    shutil.copytree(FORK, house.folder / "processors")
    appended(house, TOML, "# the team's\n")
    released(house, "1.2.0")
    house.tox("generate")
    committed(house, "the team's lanes")
    house.run("git", "tag", "ours")
    return house


@pytest.fixture
def fork(original: House) -> House:
    original.run("git", "reset", "-q", "--hard", "ours")
    return original


def test_a_release_is_taken_and_the_teams_files_stay(fork: House, tmp_path: Path) -> None:
    before, running = team_files(fork), tmp_path / "running.yaml"
    shutil.copy(fork.folder / "templates/application.yaml", running)
    fork.run("python", "-m", "local.upgrade", "v2")
    assert team_files(fork) == before
    assert not fork.run("git", "diff", "--name-only", "--diff-filter=U")
    assert ADDED in (fork.folder / HANDLER).read_text()
    page = (fork.folder / "docs/reference.md").read_text(encoding="utf-8")
    new, _, _ = page.partition(NEW_TABLE.split("\n")[1])[2].partition("<!-- end -->")
    assert "`stack_policy`" in new
    assert "`CsvCurrency`" in page
    for words in ("generators", "pipeline", "pipeline docs"):
        fork.run("python", "-m", *words.split(), "--check")
    assert {"CsvFunction", "PdfUploadRule"} <= fork.template("application")["Resources"].keys()
    graded = fork.run(
        "serverlessapp", "diff", str(running), "templates/application.yaml", codes=(0, 3)
    )
    assert "UploadBucket" in graded


def test_what_both_changed_is_a_conflict_in_words(fork: House) -> None:
    appended(fork, HANDLER, "\n# The team's.\n")
    fork.run("python", "-m", "local.upgrade", "v2", codes=(1,))
    assert not fork.run("git", "diff", "--cached", "--name-only"), "nothing is merged into changes"
    committed(fork, "a change in the product")
    said = fork.run("python", "-m", "local.upgrade", "v2", codes=(1,))
    assert f"  {HANDLER}\n" in said
    assert "templates/" not in said
    assert "reference.md" not in said
