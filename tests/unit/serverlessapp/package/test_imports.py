"""No part of a package hides another, and what cannot be imported hides nothing."""

from pathlib import Path

import pytest

from serverlessapp.package import contents, imports
from serverlessapp.package.archive import PackageError
from serverlessapp.package.contents import Part

HERE = Path(__file__)


def part(origin: str, *names: str) -> Part:
    return Part(origin=origin, files=dict.fromkeys(names, HERE))


def test_parts_come_together() -> None:
    merged = imports.merge(
        contents.runtime(), part("one", "a.py", "b/c.py"), part("two", "a.libs/x.so", "d.so")
    )
    assert sorted(merged) == ["a.libs/x.so", "a.py", "b/c.py", "d.so", "index.py"]


@pytest.mark.parametrize(
    "name",
    ["index.py", "index/__init__.py", "index/a.py", "index.cpython-313-aarch64-linux-gnu.so"],
)
def test_nothing_hides_the_runtime(name: str) -> None:
    with pytest.raises(
        PackageError,
        match="both mine and the runtime have index",
    ):
        imports.merge(contents.runtime(), part("mine", name))


@pytest.mark.parametrize(
    ("bought", "mine", "hidden"),
    [
        ("PIL/__init__.py", "PIL.py", "PIL"),
        ("PIL/__init__.py", "PIL/__init__.py", "PIL"),
        ("PIL/Image.py", "PIL/Image.abi3.so", r"PIL\.Image"),
        ("acme/common/__init__.py", "acme.py", "acme"),
        ("acme.so", "acme/mine.py", "acme"),
        ("token.json", "token.json", r"token\.json"),
    ],
)
def test_own_code_hides_no_dependency(bought: str, mine: str, hidden: str) -> None:
    with pytest.raises(PackageError, match=f"both mine and bought have {hidden}"):
        imports.merge(part("bought", bought), part("mine", mine))


@pytest.mark.parametrize(
    "mine",
    [
        *("acme/mine.py", "acme/__init__.py", "acme.json", "acme-tools/common.py"),
        *(
            "email.html",
            "token.json",
            "index.html",
            "index/data.json",
            "json/a.txt",
            "queue.libs/x.so",
        ),
    ],
)
def test_what_hides_nothing(mine: str) -> None:
    bought = part("bought", "acme/common/__init__.py", "test/__init__.py")
    assert mine in imports.merge(contents.runtime(), bought, part("mine", mine))


@pytest.mark.parametrize("name", ["queue.py", "json/__init__.py", "queue.so", "json/a.py"])
def test_nothing_hides_the_standard_library(name: str) -> None:
    with pytest.raises(PackageError, match=r"mine has (queue|json), which hides a standard"):
        imports.merge(contents.runtime(), part("mine", name))
