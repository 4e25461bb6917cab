"""Wheels for the machine that will run them, at exactly the versions asked for."""

import tarfile
from collections.abc import Callable
from pathlib import Path

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


def test_an_open_version_is_refused_with_the_line_to_add(
    make_wheel: MakeWheel, require: Require, target: Path
) -> None:
    make_wheel("outer", needs="inner")
    make_wheel("inner", "1.5")
    with pytest.raises(PackageError, match=r"leaves versions open.*; add: inner==1\.5$"):
        dependencies.install(require("outer==1.0"), target, "lambda")
    with pytest.raises(PackageError, match=r"; add: inner==1\.5$"):
        dependencies.install(require("inner==1.*"), target / "2", "lambda")


def test_a_wheel_for_another_machine_is_none(
    make_wheel: MakeWheel, require: Require, target: Path
) -> None:
    make_wheel("fast", tag="cp313-cp313-manylinux_2_17_x86_64")
    with pytest.raises(PackageError, match=r"no dependencies for lambda .*fast==1\.0") as caught:
        dependencies.install(require("fast==1.0"), target, "lambda")
    assert "\n" not in str(caught.value)


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
