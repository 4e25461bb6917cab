"""What a build hands on, and by which version."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from generators import __version__, lanes
from generators.application import build
from generators.render import render
from generators.retention import Retention
from pipeline import stack_policy
from pipeline.artifacts import assemble
from pipeline.command import main
from pipeline.home import Home
from serverlessapp.releases.archive import SUMS
from serverlessapp.template import parameters
from serverlessapp.template.reading import load
from tests.fixture_lanes import LANES

from .rendered import of_type

ACCOUNT = "111122223333"
PLACE = ("--account", ACCOUNT, "--region", "us-west-2")
REGIONS = f"""\
[pipeline]
account = "{ACCOUNT}"
region = "us-west-2"
[taskcat]
regions = ["us-west-2"]
[[environments]]
name = "dev"
template = "ephemeral"
[[environments]]
name = "prod"
account = "222233334444"
regions = ["us-east-1", "eu-west-1"]
[environments.parameters]
LogRetentionDays = "30"
[environments.regional.eu-west-1]
LogRetentionDays = "14"
[environments.tags]
CostCentre = "42"
"""
NAMES = ("application", "application-ephemeral", "pipeline")


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.yaml").write_text(name, encoding="utf-8")
    return folder


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return processors/ with two more lanes."""
    root = tmp_path / "processors"
    shutil.copytree(LANES / "receipts", root / "receipts")
    monkeypatch.setattr(lanes, "PROCESSORS", root)
    for name in ("csv", "xml"):
        (root / name / "samples").mkdir(parents=True)
        (root / name / "samples" / f"a.{name}").write_text("a", encoding="utf-8")
        declared = 'handler = "main:run"\n[uploads]\nsource = "eventbridge"\n'
        (root / name / "processor.toml").write_text(declared, encoding="utf-8")
        code = "def run(file, context):\n    return {}\n"
        (root / name / "main.py").write_text(code, encoding="utf-8")
    return root


def written(folder: Path, text: str) -> Path:
    path = folder / "delivery.toml"
    path.write_text(text, encoding="utf-8")
    return path


def built(folder: Path, text: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the configurations that a delivery.toml makes."""
    options = ["--delivery", str(written(folder, text)), *PLACE]
    assert main(["artifacts", "--output", str(folder / "dist"), *options]) == 0, capsys.readouterr()
    made = (folder / "dist/configurations").iterdir()
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in made}


def freeze(templates: Path, version: str) -> Path:
    frozen = templates / "releases" / version
    frozen.mkdir(parents=True)
    for name in NAMES:
        (frozen / f"{name}.yaml").write_text(name, encoding="utf-8")
    (frozen / "manifest.json").write_text("{}", encoding="utf-8")
    (frozen / SUMS).write_text("frozen sums", encoding="utf-8")
    return frozen


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_not_released_is_a_pre_release(templates: Path, tmp_path: Path) -> None:
    assert assemble(tmp_path / "dist", version="1.2.0", templates=templates) == "1.2.0-dev"
    assert (tmp_path / "dist/VERSION").read_text(encoding="utf-8") == "1.2.0-dev\n"
    release = files(tmp_path / "dist/release")
    assert set(release) == {*(f"{name}.yaml" for name in NAMES), SUMS}
    for line in release.pop(SUMS).decode().splitlines():
        digest, _, name = line.partition("  ")
        assert hashlib.sha256(release.pop(name)).hexdigest() == digest
    assert release == {}


def test_what_is_released_is_that_version_with_its_frozen_bytes(
    templates: Path, tmp_path: Path
) -> None:
    frozen = freeze(templates, "1.2.0")
    assert assemble(tmp_path / "dist", version="1.2.0", templates=templates) == "1.2.0"
    assert files(tmp_path / "dist/release") == files(frozen)


def test_a_change_after_the_release_is_a_pre_release_again(templates: Path, tmp_path: Path) -> None:
    freeze(templates, "1.2.0")
    (templates / "application.yaml").write_text("changed", encoding="utf-8")
    assert assemble(tmp_path / "dist", version="1.2.0", templates=templates) == "1.2.0-dev"


def test_a_template_that_went_away_makes_it_a_pre_release(templates: Path, tmp_path: Path) -> None:
    freeze(templates, "1.2.0")
    (templates / "application-ephemeral.yaml").unlink()
    assert assemble(tmp_path / "dist", version="1.2.0", templates=templates) == "1.2.0-dev"


def test_nothing_of_an_earlier_call_is_left(templates: Path, tmp_path: Path) -> None:
    assemble(tmp_path / "dist", version="1.2.0", templates=templates)
    (templates / "pipeline.yaml").unlink()
    assemble(tmp_path / "dist", version="1.2.0", templates=templates)
    assert "pipeline.yaml" not in files(tmp_path / "dist/templates")


def test_an_empty_version_is_refused(templates: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="version is empty"):
        assemble(tmp_path / "dist", version="", templates=templates)


def test_the_command_says_which_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["artifacts", "--output", str(tmp_path), *PLACE]) == 0
    assert f"version {__version__}" in capsys.readouterr().out
    assert {path.name for path in tmp_path.iterdir()} >= {
        "VERSION",
        "configurations",
        "release",
        "templates",
    }


def test_a_folder_that_cannot_be_written_is_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dist").write_text("a file", encoding="utf-8")
    assert main(["artifacts", "--output", str(tmp_path / "dist"), *PLACE]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.mark.parametrize(
    "place", [("", "us-west-2"), ("1" * 12, "nowhere"), ("2" * 12, "us-east-1")]
)
def test_another_place_than_the_files_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], place: tuple[str, str]
) -> None:
    toml = written(tmp_path, REGIONS)
    options = ["--account", place[0], "--region", place[1], "--delivery", str(toml)]
    assert main(["artifacts", "--output", str(tmp_path / "dist"), *options]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_build_knows_where_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arn = f"arn:aws:codebuild:us-west-2:{ACCOUNT}:build/our-pipeline-package:5d0c"
    assert Home.of_build(arn) == Home(account=ACCOUNT, region="us-west-2", pipeline="our-pipeline")
    for wrong in ("", arn.replace("package", "unit")):
        assert main(["artifacts", "--output", str(tmp_path), "--build", wrong]) == 2
        assert capsys.readouterr().err.startswith("error: --build")


def test_the_project_of_the_build_is_named_like_that() -> None:
    projects = [r["Properties"]["Name"] for r in of_type("AWS::CodeBuild::Project").values()]
    assert {"Fn::Sub": "${AWS::StackName}-package"} in projects


def test_each_stack_has_a_configuration(
    tmp_path: Path, house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = built(tmp_path, REGIONS, capsys)
    assert made.keys() == {"dev.us-west-2.json", "prod.eu-west-1.json", "prod.us-east-1.json"}
    dev, prod = made["dev.us-west-2.json"], made["prod.eu-west-1.json"]
    assert "StackPolicy" not in dev
    assert prod["StackPolicy"] == stack_policy.policy()
    assert prod["Tags"] == {
        "Project": "ServerlessApp",
        "Environment": "prod",
        "Owner": "TAP",
        "CostCentre": "42",
    }
    given = prod["Parameters"]
    bucket = f"serverlessapp-pipeline-code-{ACCOUNT}-eu-west-1"
    assert (given["EnvironmentSuffix"], given["CodeBucket"]) == ("prod", bucket)
    boundary = "policy/boundary-serverlessapp-prod"
    assert given["PermissionsBoundaryArn"] == f"arn:aws:iam::222233334444:{boundary}"
    assert given["LogRetentionDays"] == "14"
    assert made["prod.us-east-1.json"]["Parameters"]["LogRetentionDays"] == "30"
    lane, _, digest = given["CsvCodeKey"].partition("/")
    assert (tmp_path / "dist/code" / f"{lane}-{digest}").is_file()
    # The template has the code of receipts.
    assert "CodeKey" not in given
    form = load(render(build(Retention.RETAINED)))["Parameters"]
    for content in made.values():
        parameters.check(form, content["Parameters"])


def test_only_a_changed_lane_has_another_key(
    tmp_path: Path, house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def keys() -> tuple[str, str]:
        given = built(tmp_path, REGIONS, capsys)["dev.us-west-2.json"]["Parameters"]
        return given["CsvCodeKey"], given["XmlCodeKey"]

    first = keys()
    before = files(tmp_path / "dist/code")
    shutil.rmtree(tmp_path / "dist")
    assert keys() == first
    assert files(tmp_path / "dist/code") == before
    with (house / "xml/main.py").open("a", encoding="utf-8") as code:
        code.write("# Touched.\n")
    second = keys()
    assert second[0] == first[0]
    assert second[1] != first[1]
    assert len(files(tmp_path / "dist/code")) == 2, "what an earlier call left is gone"


def test_receipts_alone_need_no_bucket(tmp_path: Path, house: Path) -> None:
    for name in ("csv", "xml"):
        shutil.rmtree(house / name)
    assert main(["artifacts", "--output", str(tmp_path / "dist"), *PLACE]) == 0
    path = tmp_path / "dist/configurations/prod.us-west-2.json"
    assert "CodeBucket" not in json.loads(path.read_text())["Parameters"]


def test_a_package_of_ones_own_is_in_the_regions_bucket(
    tmp_path: Path, house: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("csv", "xml"):
        shutil.rmtree(house / name)
    text = "[taskcat]\nregions = ['us-west-2']\n[[environments]]\nname = 'dev'\n"
    key = "[environments.parameters]\nCodeKey = 'receipts/1.zip'\n"
    made = built(tmp_path, f"{text}{key}", capsys)
    given = made["dev.us-west-2.json"]["Parameters"]
    assert given["CodeBucket"] == f"serverlessapp-pipeline-code-{ACCOUNT}-us-west-2"
