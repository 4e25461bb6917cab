"""Everything that is installed anywhere is one version, and what CI installs one file by hash."""

import configparser
import json
import re
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "requirements"
SOURCES = {
    "project": "setup.cfg",
    "make": "requirements/make.in",
    "package": "requirements/package.in",
    "analyzers": "requirements/analyzers.in",
    "taskcat": "requirements/taskcat.in",
    "awscli-v2": "requirements/awscli-v2.in",
    "docs": "requirements/docs.in",
}
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
# What would tie a lock to one place that packages come from.
PLACE = re.compile(r"://|--(extra-)?index|--find-links|@ *(file|git)|\.whl|\.tar")


def config(name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.read(ROOT / name)
    return parsed


def lines(text: str) -> list[str]:
    return [line for raw in text.splitlines() if (line := raw.partition("#")[0].strip())]


def wanted() -> Iterator[tuple[str, str]]:
    """Yield every requirement the project states, with the file that states it."""
    setup = config("setup.cfg")
    stated = {"setup.cfg": setup["options"]["install_requires"]}
    for extra, text in setup["options.extras_require"].items():
        stated[f"setup.cfg [{extra}]"] = text
    for env, section in config("tox.ini").items():
        stated[f"tox.ini [{env}]"] = section.get("deps", "")
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    stated["pyproject.toml"] = "\n".join(build)
    for path in (
        *LOCKS.glob("*.in"),
        ROOT / "tests/benchmarks/cdk-requirements.txt",
        *ROOT.glob("examples/*/requirements.txt"),
    ):
        stated[str(path.relative_to(ROOT))] = path.read_text()
    for place, text in stated.items():
        for line in lines(text):
            if not line.startswith("-r "):
                yield place, line


def locked(name: str) -> list[str]:
    """Return the entries of a lock, each with its hashes on one line."""
    return lines((LOCKS / f"{name}.txt").read_text().replace("\\\n", ""))


def requirement(entry: str) -> Requirement:
    return Requirement(entry.partition("--hash")[0])


def versions(name: str) -> dict[str, str]:
    """Return the version of each package that a lock means for this Python and machine."""
    entries = map(requirement, locked(name))
    return {
        canonicalize_name(entry.name): version_of(entry)
        for entry in entries
        if not entry.marker or entry.marker.evaluate()
    }


def version_of(entry: Requirement) -> str:
    (specifier,) = entry.specifier
    assert specifier.operator == "=="
    assert "*" not in specifier.version
    return specifier.version


def test_every_requirement_is_one_version() -> None:
    stated = list(wanted())
    assert len(stated) > 30
    for place, line in stated:
        assert re.fullmatch(r"[\w.-]+(\[[\w,-]+\])? ?== ?[\w.]+", line), (place, line)


def test_one_package_has_one_version_wherever_it_is_stated() -> None:
    """But for environments that are apart because their packages do not go together."""
    apart = (
        "tests/benchmarks/",
        *(f"requirements/{name}.in" for name in ("analyzers", "taskcat")),
    )
    found: dict[str, set[str]] = {}
    for place, line in wanted():
        if not place.startswith(apart):
            entry = Requirement(line)
            found.setdefault(canonicalize_name(entry.name), set()).add(version_of(entry))
    assert not {name: many for name, many in found.items() if len(many) > 1}


def test_our_code_finds_the_same_packages_inside_taskcat() -> None:
    assert {name: versions("taskcat")[name] for name in ("boto3", "botocore")} == {
        name: versions("project")[name] for name in ("boto3", "botocore")
    }


@pytest.mark.parametrize("name", SOURCES)
def test_a_lock_has_exact_versions_with_hashes_from_nowhere_in_particular(name: str) -> None:
    entries = locked(name)
    assert entries
    for entry in entries:
        version_of(requirement(entry))
        assert HASH.search(entry), entry
        assert not PLACE.search(entry), entry
    assert not PLACE.search((LOCKS / f"{name}.txt").read_text())


@pytest.mark.parametrize(("name", "source"), SOURCES.items())
def test_a_lock_is_of_what_is_stated(name: str, source: str) -> None:
    has = versions(name)
    for place, line in wanted():
        if place.startswith(source):
            entry = Requirement(line)
            assert has[canonicalize_name(entry.name)] == version_of(entry), (
                f"{name}.txt is stale; run: tox run -e lock"
            )


def test_every_lock_is_used() -> None:
    assert {path.stem for path in LOCKS.glob("*.txt")} == set(SOURCES)
    used = (ROOT / "tox.ini").read_text() + (ROOT / "Makefile").read_text()
    for name in SOURCES:
        assert f"requirements/{name}.txt" in used, name


def test_what_is_installed_is_what_the_lock_says_and_the_lock_is_complete() -> None:
    """The only freshness that shows without a package index: that of this environment."""
    has = versions("project")
    checked = 0
    for name, version in has.items():
        try:
            installed = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # of an extra that this environment has not
        assert installed.version == version, f"{name}: recreate the environment, or tox run -e lock"
        for line in installed.requires or []:
            needed = Requirement(line)
            if not needed.marker or needed.marker.evaluate({"extra": ""}):
                assert canonicalize_name(needed.name) in has, f"{needed.name}, for {name}"
        checked += 1
    assert checked > 20


def test_environments_are_constrained() -> None:
    """Those apart by a lock of their own; only what needs the network anyway by none."""
    settings = config("tox.ini")
    assert "requirements/project.txt" in settings["testenv"]["set_env"]
    assert "requirements/package.txt" in settings["testenv"]["set_env"]
    free = {
        env
        for env, section in settings.items()
        if env.startswith("testenv:") and section.get("set_env") == ""
    }
    assert free == {"testenv:lock", "testenv:audit"}


def test_the_lock_of_npm_has_exact_versions_with_hashes_from_nowhere_in_particular() -> None:
    folder = ROOT / "tests/oracles/simulator"
    text = (folder / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    for name, version in wanted.items():
        assert packages[f"node_modules/{name}"]["version"] == version
    del packages[""]
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())
    assert not PLACE.search(text)
