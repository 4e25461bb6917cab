"""Wheels for the machine that will run them, at exactly the versions asked for."""

import hashlib
import itertools
import tarfile
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from serverlessapp.package import dependencies
from serverlessapp.package.archive import PackageError

from .conftest import MakeWheel

Require = Callable[..., Path]


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "target"


@pytest.mark.parametrize("platform", dependencies.PLATFORMS)
def test_takes_what_is_pinned(
    make_wheel: MakeWheel, require: Require, target: Path, platform: str
) -> None:
    make_wheel("outer", "1.0", needs="In_Ner>=1")
    make_wheel("outer", "2.0")
    make_wheel("in_ner", "1.5")
    file = require("Outer==1.0  # why", "in.ner == 1.5 ; python_version > '3'")
    assert dependencies.install(file, target, platform) == ["in-ner==1.5", "outer==1.0"]
    assert (target / "outer.py").is_file()


@pytest.mark.parametrize(
    "lines",
    [
        ["outer==1.0", "inner==1.5"],
        ["outer==1", "inner===1.5"],
        ["outer == 1.0.0", "INNER==1.5.0 ; python_version > '3'"],
        ["outer[fast]==1.0", "inner>=1.5,<=1.5"],
        ["outer", "-c fixed.txt"],
        ["-r fixed.txt"],
        ["outer==1.0", "inner @ ./copy-of/inner-1.5-py3-none-any.whl"],
        ["outer==1.0", "./copy-of/inner-1.5-py3-none-any.whl"],
        ["outer==1.0", "inner==1.5 --hash=sha256:{sha256}"],
        ["--pre", "--index-url http://127.0.0.1:9/simple", "outer==1.0", "inner==1.5"],
    ],
)
def test_what_fixes_all_versions(
    make_wheel: MakeWheel, require: Require, target: Path, lines: list[str]
) -> None:
    make_wheel("outer", needs="inner>=1; extra == 'fast' or python_version > '3'", extra="fast")
    inner = make_wheel("inner", "1.5").read_bytes()
    sha256 = hashlib.sha256(inner).hexdigest()
    file = require(*(line.format(sha256=sha256) for line in lines)).resolve()
    file.with_name("fixed.txt").write_text("outer==1.0\ninner==1.5\n")
    file.with_name("copy-of").mkdir()
    (file.parent / "copy-of/inner-1.5-py3-none-any.whl").write_bytes(inner)
    assert dependencies.install(file, target, "lambda") == ["inner==1.5", "outer==1.0"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_that_editors_write(
    make_wheel: MakeWheel, require: Require, target: Path, encoding: str
) -> None:
    make_wheel("inner")
    file = require("inner==1.0")
    file.write_bytes(file.read_text().replace("\n", "\r\n").encode(encoding))
    assert dependencies.install(file, target, "lambda") == ["inner==1.0"]


def test_an_open_version_is_refused_with_the_line_to_add(
    make_wheel: MakeWheel, require: Require, target: Path
) -> None:
    versions = ("1.5", "1.5rc1", "1.5.post2", "1.5.dev3", "1.5+cpu", "2!1.5")
    ranges = ("", ">=1", "<={}", "~={}", "!=9", "==1.*,!=1.4", ">1,<3!0")
    pins, lines = [], ["--pre", "outer==1.0"]
    for number, (version, wanted) in enumerate(itertools.product(versions, ranges)):
        if not (version.startswith("2!") and "*" in wanted):
            make_wheel(f"p{number}", version)
            pins.append(f"p{number}=={version}")
            lines.append(f"p{number}{wanted.format(version.partition('+')[0])}")
    make_wheel("outer", needs="inner")
    make_wheel("inner")
    with pytest.raises(PackageError, match="does not pin all versions") as caught:
        dependencies.install(require(*lines), target, "lambda")
    added = str(caught.value).partition("; add: ")[2].split()
    assert sorted(added) == sorted([*pins, "inner==1.0"])
    taken = dependencies.install(require(*lines, *added), target / "again", "lambda")
    assert sorted(taken) == sorted([*added, "outer==1.0"])


class Index(SimpleHTTPRequestHandler):
    """Serves a folder, each answer of which is asked for again."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()


def test_what_was_fetched_once_needs_no_network(
    make_wheel: MakeWheel,
    folder: Path,
    wheels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheel = make_wheel("outer")
    page = wheels / "simple/outer/index.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<a href="/{wheel.name}">{wheel.name}</a>')
    file = folder / "requirements.txt"
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    index = ThreadingHTTPServer(("127.0.0.1", 0), partial(Index, directory=wheels))
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{index.server_port}/simple")
    with index:
        Thread(target=index.serve_forever, daemon=True).start()
        file.write_text("outer==1.0\n")
        assert dependencies.install(file, tmp_path / "first", "lambda") == ["outer==1.0"]
        index.shutdown()
    assert dependencies.install(file, tmp_path / "second", "lambda") == ["outer==1.0"]
    file.write_text("outer==1.0\ninner==1.0\n")
    with pytest.raises(PackageError, match="error sending request"):
        dependencies.install(file, tmp_path / "third", "lambda")


def test_nobody_elses_constraints_count(
    make_wheel: MakeWheel, require: Require, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel("inner", "1.5")
    file = require("inner")
    file.with_name("fixed.txt").write_text("inner==1.5\n")
    monkeypatch.setenv("UV_CONSTRAINT", str(file.with_name("fixed.txt")))
    with pytest.raises(PackageError, match=r"; add: inner==1\.5$"):
        dependencies.install(file, target, "lambda")


@pytest.mark.parametrize(
    ("line", "words", "is_about_wheels"),
    [
        ("inner==1.5 --hash=sha256:" + "0" * 64, "Hash mismatch", False),
        ("--require-hashes\ninner==1.5", "must have a hash", False),
        ("-r absent.txt", "absent.txt", False),
        ("inner=1.5", "no such comparison operator", False),
        ("-e ./source", "[Bb]uilding source distributions is disabled", True),
        ("./source", "[Bb]uilding source distributions is disabled", True),
        ("./absent-1.0-py3-none-any.whl", "Distribution not found", False),
    ],
)
def test_a_wrong_line_is_told_in_one(
    make_wheel: MakeWheel,
    require: Require,
    target: Path,
    line: str,
    words: str,
    is_about_wheels: bool,
) -> None:
    make_wheel("inner", "1.5")
    file = require(line)
    (file.parent / "source").mkdir()
    (file.parent / "source/pyproject.toml").write_text("[project]\nname='source'\nversion='1'\n")
    with pytest.raises(PackageError, match=words) as caught:
        dependencies.install(file, target, "lambda")
    assert "\n" not in str(caught.value)
    assert ("Nothing is built" in str(caught.value)) is is_about_wheels


def test_a_wheel_for_another_machine_is_none(
    make_wheel: MakeWheel, require: Require, target: Path
) -> None:
    make_wheel("fast", tag="cp313-cp313-manylinux_2_17_x86_64")
    with pytest.raises(PackageError, match=r"no dependencies for lambda .*fast==1\.0") as caught:
        dependencies.install(require("fast==1.0"), target, "lambda")
    assert "\n" not in str(caught.value)
    assert "arm64" in str(caught.value)


def test_nothing_is_built_from_source(wheels: Path, require: Require, target: Path) -> None:
    with tarfile.open(wheels / "fast-1.0.tar.gz", "w:gz") as source:
        source.addfile(tarfile.TarInfo("fast-1.0/setup.py"))
    with pytest.raises(PackageError, match="building from source is disabled"):
        dependencies.install(require("fast==1.0"), target, "lambda")


@pytest.mark.parametrize(
    ("tag", "taken"),
    [
        ("cp313-cp313-manylinux_2_34_aarch64", True),
        ("cp39-abi3-manylinux_2_17_aarch64", True),
        ("cp312-cp312-manylinux_2_17_aarch64", False),
        ("cp313-cp313-manylinux_2_35_aarch64", False),
        ("cp313-cp313-musllinux_1_2_aarch64", False),
    ],
)
def test_what_lambda_can_load(
    make_wheel: MakeWheel, require: Require, target: Path, tag: str, taken: bool
) -> None:
    make_wheel("fast", tag=tag)
    if taken:
        assert dependencies.install(require("fast==1.0"), target, "lambda") == ["fast==1.0"]
    else:
        with pytest.raises(PackageError, match=r"fast==1\.0"):
            dependencies.install(require("fast==1.0"), target, "lambda")


def test_conditions_are_about_lambda_not_about_this_machine(
    make_wheel: MakeWheel, require: Require, target: Path
) -> None:
    make_wheel("there")
    make_wheel("elsewhere")
    file = require(
        "there==1.0; platform_machine == 'aarch64' and python_version == '3.13'",
        "elsewhere==1.0; platform_machine != 'aarch64' or python_version != '3.13'",
    )
    assert dependencies.install(file, target, "lambda") == ["there==1.0"]
