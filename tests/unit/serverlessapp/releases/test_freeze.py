"""Releasing: one version, one set of bytes; and every reason not to."""

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from serverlessapp.errors import OperatorError
from serverlessapp.releases.archive import ReleaseError, releases
from serverlessapp.releases.changelog import ChangelogEntry
from serverlessapp.releases.freeze import freeze

TemplateDict = dict[str, Any]
FILE = "application.yaml"


def template(**resources: str) -> dict[str, bytes]:
    """Return the files of a release with resources of these types."""
    definitions = {name: {"Type": f"AWS::{kind}"} for name, kind in resources.items()}
    return {FILE: json.dumps({"Resources": definitions}).encode()}


SMALL = template(Topic="SNS::Topic", Table="DynamoDB::Table")
MORE = template(Topic="SNS::Topic", Table="DynamoDB::Table", Second="SNS::Topic")
LESS = template(Topic="SNS::Topic")
RENAMED = template(Topic="SNS::Topic", Receipts="DynamoDB::Table")


def release(
    folder: Path, version: str, files: dict[str, bytes], text: str = "Something."
) -> Path | None:
    return freeze(
        version, files, [ChangelogEntry(name=version, date="2026-01-02", text=text)], folder
    )


def test_a_release_is_complete_and_checks_itself(tmp_path: Path, retained: TemplateDict) -> None:
    content = json.dumps(retained).encode()
    made = release(tmp_path / "r", "0.1.0", {FILE: content, "role.yaml": SMALL[FILE]})
    assert made == tmp_path / "r" / "0.1.0"
    assert sorted(path.name for path in made.iterdir()) == [
        "SHA256SUMS",
        FILE,
        "manifest.json",
        "role.yaml",
    ]
    assert (made / FILE).read_bytes() == content
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    subprocess.run(check, cwd=made, check=True)

    manifest = json.loads((made / "manifest.json").read_bytes())
    code = retained["Resources"]["FileProcessor"]["Properties"]["Code"]["Fn::If"][2]["ZipFile"]
    assert manifest["version"] == manifest["upgrades_from"] == "0.1.0"
    assert manifest["date"] == "2026-01-02"
    assert manifest["templates"][FILE] == {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "functions": {"FileProcessor": hashlib.sha256(code.encode()).hexdigest()},
    }
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_the_same_again_is_no_release_and_no_error(tmp_path: Path) -> None:
    assert release(tmp_path / "r", "0.1.0", SMALL)
    assert release(tmp_path / "r", "0.1.0", SMALL) is None
    assert release(tmp_path / "r", "0.2.0", MORE)
    assert release(tmp_path / "r", "0.1.0", SMALL) is None


@pytest.mark.parametrize(
    ("version", "files", "words"),
    [
        ("0.1.0", MORE, r"0\.1\.0 was released with different content \(SHA256SUMS, app.*manifest"),
        ("0.0.9", MORE, r"0\.0\.9 must be greater than the last release, 0\.1\.0"),
        ("0.1.1", MORE, r"0\.1\.1 is too low after 0\.1\.0: the change is minor.*least 0\.2\.0"),
        ("0.2.0", LESS, r'does not mention Table: write "replaces resource Table"'),
        ("0.2.0.dev0", MORE, r"a development version: set __version__ .* to 0\.2\.0"),
        ("0.2", MORE, "is not a version such as"),
        ("0.2.0", {FILE: b"{"}, "is not valid YAML"),
    ],
)
def test_refusals(tmp_path: Path, version: str, files: dict[str, bytes], words: str) -> None:
    release(tmp_path / "r", "0.1.0", SMALL)
    with pytest.raises(OperatorError, match=words):
        release(tmp_path / "r", version, files)
    assert [str(release.version) for release in releases(tmp_path / "r")] == ["0.1.0"]


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([], "no entry for 0.1.0"),
        ([ChangelogEntry(name="0.1.0", date="", text="x")], "no date for 0.1.0"),
        ([ChangelogEntry(name="0.1.0", date="2026-01-02", text="")], "has no entries for 0.1.0"),
    ],
)
def test_the_changelog_must_know_it(
    tmp_path: Path, entries: list[ChangelogEntry], words: str
) -> None:
    with pytest.raises(ReleaseError, match=words):
        freeze("0.1.0", SMALL, entries, tmp_path / "r")


def test_data_may_be_lost_if_the_changelog_says_so(tmp_path: Path) -> None:
    release(tmp_path / "r", "0.1.0", SMALL)
    assert release(tmp_path / "r", "0.2.0", LESS, "- Removes resource Table.")


def test_how_old_a_stack_may_be_to_be_updated_without_loss(tmp_path: Path) -> None:
    def upgrades_from(made: Path | None) -> str:
        assert made
        return str(json.loads((made / "manifest.json").read_bytes())["upgrades_from"])

    folder, text = tmp_path / "r", "Replaces resource Table."
    assert upgrades_from(release(folder, "0.1.0", SMALL)) == "0.1.0"
    assert upgrades_from(release(folder, "0.2.0", MORE)) == "0.1.0"
    assert upgrades_from(release(folder, "0.3.0", RENAMED, text)) == "0.3.0"
    assert upgrades_from(release(folder, "0.3.1", RENAMED)) == "0.3.0"


@pytest.mark.parametrize("name", [FILE, "manifest.json", "SHA256SUMS"])
def test_nothing_is_released_on_top_of_damage(tmp_path: Path, name: str) -> None:
    made = release(tmp_path / "r", "0.1.0", SMALL)
    assert made
    with (made / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(ReleaseError, match=f"released bytes have changed: .*{name}"):
        release(tmp_path / "r", "0.2.0", MORE)


def test_a_file_too_many_or_too_few_is_damage(tmp_path: Path) -> None:
    made = release(tmp_path / "r", "0.1.0", SMALL)
    assert made
    (made / "more.yaml").write_bytes(b"{}")
    assert releases(tmp_path / "r")[0].damage() == [str(made / "more.yaml")]
    (made / "more.yaml").unlink()
    assert releases(tmp_path / "r")[0].damage() == []
    (made / FILE).unlink()
    assert releases(tmp_path / "r")[0].damage() == [str(made / FILE)]


def test_only_versions_belong_there(tmp_path: Path) -> None:
    (tmp_path / "draft").mkdir()
    with pytest.raises(ReleaseError, match=r"draft does not belong there"):
        releases(tmp_path)
