"""The command: what it writes, says and answers."""

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from serverlessapp.cli.main import main

from .conftest import CODE, MakeWheel

Capture = pytest.CaptureFixture[str]


def package(folder: Path, output: Path, capsys: Capture, *options: str) -> Path:
    assert main(["package", str(folder), "--output", str(output), "--json", *options]) == 0
    return Path(json.loads(capsys.readouterr().out)["path"])


def test_the_whole_way(
    folder: Path,
    make_wheel: MakeWheel,
    require: Callable[..., Path],
    tmp_path: Path,
    capsys: Capture,
) -> None:
    make_wheel("inner")
    require("inner==1.0")
    zipped = package(folder, tmp_path / "out", capsys)
    with zipfile.ZipFile(zipped) as content:
        assert content.namelist() == [
            "index.py",
            *(f"inner-1.0.dist-info/{name}" for name in ("METADATA", "WHEEL", "entry_points.txt")),
            *("inner.py", "words.py"),
        ]


def test_another_day_another_place_same_bytes(
    folder: Path,
    make_wheel: MakeWheel,
    require: Callable[..., Path],
    tmp_path: Path,
    capsys: Capture,
) -> None:
    make_wheel("inner")
    require("inner==1.0")
    (folder / "lists.txt").write_text("a")
    first = package(folder, tmp_path / "one", capsys)
    before = os.umask(0o077)
    try:
        again = tmp_path / "elsewhere" / "words"
        again.mkdir(parents=True)
        for name in ("lists.txt", "words.py", "requirements.txt"):
            (again / name).write_bytes((folder / name).read_bytes())
            os.utime(again / name, (1_000_000_000, 1_000_000_000))
        (again / "__pycache__").mkdir()
        (again / "__pycache__" / "words.pyc").write_text("x")
        other = package(again, tmp_path / "two", capsys)
    finally:
        os.umask(before)
    assert (first.name, first.read_bytes()) == (other.name, other.read_bytes())
    (again / "words.py").write_text(CODE + "\n")
    assert package(again, tmp_path / "two", capsys).name != first.name


def test_json(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["package", str(folder), "--output", str(tmp_path / "out"), "--json"]
    assert main([*arguments, "--platform", "host"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document.keys() == {
        *("path", "sha256", "unzipped", "platform", "dependencies", "parameters")
    }
    assert (document["platform"], document["dependencies"]) == ("host", [])
    assert document["parameters"]["Processor"] == "words:count"
    assert document["parameters"]["CodeKey"] == Path(document["path"]).name


def test_says_how_to_go_on(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["package", str(folder), "--output", str(tmp_path / "out")]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    (made,) = (tmp_path / "out").iterdir()
    assert f"aws s3 cp {made} s3://BUCKET/" in text
    assert f"CodeKey={made.name} Processor=words:count" in text
    assert "--template-file templates/application.yaml" in text
    (folder / "permissions.py").write_text("")
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert f"python -m generators --processor {folder} --output build" in text
    assert "--template-file build/application.yaml" in text
    assert main([*arguments, "--platform", "host"]) == 0
    assert "not for Lambda" in capsys.readouterr().out


def test_other_requirements(
    folder: Path,
    make_wheel: MakeWheel,
    require: Callable[..., Path],
    tmp_path: Path,
    capsys: Capture,
) -> None:
    make_wheel("inner")
    file = require("inner==1.0").rename(folder / "for-lambda.txt")
    zipped = package(folder, tmp_path / "out", capsys, "--requirements", str(file))
    with zipfile.ZipFile(zipped) as content:
        assert "inner.py" in content.namelist()
        assert "for-lambda.txt" not in content.namelist()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("index.py", "", "has index, and so has the runtime"),
        ("words.py", "", "which processor?"),
        ("words.py", "def", "not valid Python"),
        ("requirements.txt", "--no-index\nabsent==1.0", "absent"),
    ],
)
def test_a_mistake_is_one_line(
    folder: Path, tmp_path: Path, capsys: Capture, name: str, content: str, words: str
) -> None:
    (folder / name).write_text(content)
    assert main(["package", str(folder), "--output", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    assert words in err
    assert (out, err.count("\n")) == ("", 1)
    assert not (tmp_path / "out").exists()


def test_a_missing_function_is_named(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["package", str(folder), "--output", str(tmp_path / "out"), "--processor"]
    assert main([*arguments, "words:absent"]) == 2
    assert "has no function absent" in capsys.readouterr().err
    assert main([*arguments, "absent:count"]) == 2
    assert "no module absent" in capsys.readouterr().err


def test_an_output_that_cannot_be_written(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "out").write_text("a file")
    assert main(["package", str(folder), "--output", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "--output"),
        (["--output", "{folder}/dist"], "is in the processor's folder"),
        (["--output", "out", "--processor", "words"], "module:function"),
        (["--output", "out", "--platform", "x86"], "not one of"),
        (["--output", "out", "--requirements", "absent.txt"], "'absent.txt' does not exist"),
    ],
)
def test_wrong_usage(folder: Path, capsys: Capture, options: list[str], words: str) -> None:
    assert main(["package", str(folder), *(o.format(folder=folder) for o in options)]) == 2
    assert words in capsys.readouterr().err


def test_a_missing_folder_is_wrong_usage(capsys: Capture) -> None:
    assert main(["package", "absent", "--output", "out"]) == 2
    assert "'absent' does not exist" in capsys.readouterr().err
