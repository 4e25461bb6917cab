"""The command: what it writes, says and answers."""

import json
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from serverlessapp.cli.main import main
from serverlessapp.package import archive

from .conftest import CODE, MakeWheel

Capture = pytest.CaptureFixture[str]
PAGE = (Path(__file__).resolve().parents[4] / "docs/processors.md").read_text(encoding="utf-8")


def package(folder: Path, output: Path, capsys: Capture, *options: str) -> Path:
    assert main(["package", str(folder), "--output", str(output), "--json", *options]) == 0
    (made,) = json.loads(capsys.readouterr().out)["packages"]
    return Path(made["path"])


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
    (folder / "tests").mkdir()
    (folder / "tests/a.py").write_text("")
    arguments = ["package", str(folder), "--output", str(tmp_path / "out"), "--json"]
    assert main([*arguments, "--platform", "host"]) == 0
    document = json.loads(capsys.readouterr().out)
    (made,) = document["packages"]
    (path,) = (tmp_path / "out").iterdir()
    assert document == {"packages": [made], "inline": []}
    assert path.stem == f"words-{made.pop('digest')}"
    assert list(made.pop("largest")) == ["index.py", "words.py"]
    assert made.pop("unzipped") > len(CODE)
    assert made == {
        "folder": str(folder),
        "path": str(path),
        "left_out": {"tests/": 1},
        "platform": "host",
        "dependencies": [],
        "processor": "words:count",
        "parameters": {"CodeKey": path.name, "Processor": "words:count"},
    }


def test_says_how_to_go_on(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["package", str(folder), "--output", str(tmp_path / "out")]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    (made,) = (tmp_path / "out").iterdir()
    assert f"aws s3 cp {made} s3://BUCKET/" in text
    assert f"CodeKey={made.name} Processor=words:count" in text
    assert "--template-file templates/application.yaml" in text
    assert main([*arguments, "--platform", "host"]) == 0
    assert "not for Lambda" in capsys.readouterr().out


@pytest.fixture
def lanes(tmp_path: Path) -> Path:
    """Return a folder with the lanes csv, words and receipts, of which the last is inline."""
    root = tmp_path / "processors"
    handlers = {"csv": "summary:make", "receipts": "index:sign_receipt", "words": "words:count"}
    for name, handler in handlers.items():
        (root / name).mkdir(parents=True)
        (root / name / "processor.toml").write_text(f'handler = "{handler}"\n')
        module, _, function = handler.partition(":")
        if module != "index":
            code = f"def {function}(file, context): ...\ndef another(file, context): ...\n"
            (root / name / f"{module}.py").write_text(code)
        (root / name / "samples").mkdir()
        (root / name / "samples/a.txt").write_text("a")
    return root


def test_several_lanes_at_once(lanes: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["package", *map(str, sorted(lanes.iterdir())), "--output", str(tmp_path / "out")]
    assert main([*arguments, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    keys = {path.name.partition("-")[0]: path.name for path in (tmp_path / "out").iterdir()}
    assert [made["parameters"] for made in document["packages"]] == [
        {"CsvCodeKey": keys["csv"]},
        {"WordsCodeKey": keys["words"]},
    ]
    assert document["inline"] == [str(lanes / "receipts")]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert f"CodeBucket=BUCKET CsvCodeKey={keys['csv']} WordsCodeKey={keys['words']}\n" in text
    assert "left out: processor.toml, samples/ (1 file)" in text
    assert "receipts: inline code" in text
    assert "python -m generators" not in text


def test_the_docs_show_what_it_prints(
    lanes: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    (shown,) = re.findall(r"^```sh\n(aws s3 cp .*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(lanes.parent)
    assert main(["package", "processors/csv", "--output", "dist"]) == 0
    printed = dedent(capsys.readouterr().out.partition("stack's Region:\n")[2])
    (made,) = Path("dist").iterdir()
    steps = shown.replace("csv-DIGEST.zip", made.name)
    assert steps.replace(" files ", " STACK ") == printed


def test_lanes_elsewhere_need_templates_of_their_own(
    lanes: Path, tmp_path: Path, capsys: Capture
) -> None:
    elsewhere = lanes.rename(tmp_path / "mine")
    assert main(["package", str(elsewhere / "csv"), "--output", str(tmp_path / "out")]) == 0
    text = capsys.readouterr().out
    assert f"python -m generators --processors {elsewhere} --output build\n" in text
    assert "--template-file build/application.yaml" in text


def test_the_first_lane_may_be_inline_alone(lanes: Path, tmp_path: Path, capsys: Capture) -> None:
    assert main(["package", str(lanes / "receipts"), "--output", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.endswith("inline code, nothing to package\n")
    assert not (tmp_path / "out").exists()


def test_near_the_limit(
    folder: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (folder / "model.bin").open("wb") as sparse:
        sparse.truncate(210 * archive.MB)
    monkeypatch.setattr(archive, "pack", lambda files, path: path.touch())
    assert main(["package", str(folder), "--output", str(tmp_path / "out")]) == 0
    text = capsys.readouterr().out
    assert "210.0 MB of 250 unzipped, near the limit; model.bin 210.0 MB\n" in text


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
        ("index.py", "", "have index; rename yours"),
        ("words.py", "", "which processor?"),
        ("words.py", "def", "not valid Python"),
        ("words.py", f"{CODE}return", "not valid Python"),
        ("words.py", f"import yaml\n{CODE}", "words.py:1 imports yaml"),
        ("words.so", "\x7fELF" + 16 * "\0", "words.so is native code"),
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


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("words.py", "", "which processor?"),
        ("words.py", "async def count(file, context): ...", "which processor?"),
        ("processor.toml", 'handler = "words:other"', "has no function other"),
        ("processor.toml", 'handler = "absent:count"', "no module absent"),
    ],
)
def test_of_several_folders_the_wrong_one_is_named(
    folder: Path, tmp_path: Path, capsys: Capture, name: str, content: str, words: str
) -> None:
    (folder / "samples").mkdir()
    (folder / "samples/a.txt").write_text("a")
    (folder / name).write_text(content)
    assert main(["package", str(folder), "--output", str(tmp_path / "out")]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert str(folder) in err


def test_what_git_leaves_of_a_folder_is_named(tmp_path: Path, capsys: Capture) -> None:
    left = tmp_path / "csv" / "__pycache__"
    left.mkdir(parents=True)
    (left / "csv.cpython-313.pyc").write_bytes(b"")
    assert main(["package", str(left.parent), "--output", str(tmp_path / "out")]) == 2
    assert f"{left.parent} has only hidden" in capsys.readouterr().err


def test_a_missing_function_is_named(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["package", str(folder), "--output", str(tmp_path / "out"), "--processor"]
    assert main([*arguments, "words:absent"]) == 2
    assert "has no function absent" in capsys.readouterr().err
    assert main([*arguments, "absent:count"]) == 2
    assert "no module absent" in capsys.readouterr().err


def test_a_lane_names_its_function_itself(lanes: Path, tmp_path: Path, capsys: Capture) -> None:
    arguments = ["package", str(lanes / "words"), "--output", str(tmp_path / "out")]
    assert main([*arguments, "--processor", "words:count"]) == 2
    assert "already names the processor" in capsys.readouterr().err


def test_a_name_that_no_key_may_have(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    odd = folder.rename(folder.with_name("w\N{LATIN SMALL LETTER O WITH DIAERESIS}rter"))
    assert main(["package", str(odd), "--output", str(tmp_path / "out")]) == 2
    assert "rename it" in capsys.readouterr().err


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
        (["{folder}", "--output", "out", "--processor", "words:count"], "need a single folder"),
    ],
)
def test_wrong_usage(folder: Path, capsys: Capture, options: list[str], words: str) -> None:
    assert main(["package", str(folder), *(o.format(folder=folder) for o in options)]) == 2
    assert words in capsys.readouterr().err


def test_a_missing_folder_is_wrong_usage(capsys: Capture) -> None:
    assert main(["package", "absent", "--output", "out"]) == 2
    assert "'absent' does not exist" in capsys.readouterr().err
