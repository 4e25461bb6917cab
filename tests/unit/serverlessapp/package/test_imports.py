"""No part of a package hides another, and no module that it imports is missing."""

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


def found(place: Path, sources: dict[str, str]) -> None:
    """Check the imports of ``main`` and what it imports; ``acme`` is a dependency."""
    for name, source in sources.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(source)
    own = Part(origin="mine", files={name: place / name for name in sources})
    bought = part("bought", "acme/__init__.py", "google/cloud/storage.py")
    imports.check_found(own, imports.merge(contents.runtime(), bought, own), "app.main")


# This machine has yaml, as the emulator and cfn-lint need it. Lambda has not.
@pytest.mark.parametrize(
    ("main", "absent"),
    [
        ("import yaml", "main.py:1 imports yaml"),
        ("import json\nfrom yaml import safe_load", "main.py:2 imports yaml"),
        ("from app.halper import x", "main.py:1 imports app.halper"),
        ("from .halper import x", "main.py:1 imports app.halper"),
        ("from helper import x", "main.py:1 imports helper"),
        ("from ...helper import x", r"main.py:1 imports \.\.\.helper"),
        ("from . import helper", "helper.py:1 imports absent"),
        ("import app.helper", "helper.py:1 imports absent"),
        ("import later", "later.py:1 is not valid Python"),
    ],
)
def test_an_import_that_fails_on_lambda_is_refused(tmp_path: Path, main: str, absent: str) -> None:
    sources = {"app/main.py": main, "app/helper.py": "import absent", "later.py": "def"}
    with pytest.raises(PackageError, match=absent):
        found(tmp_path, sources)


@pytest.mark.parametrize(
    "main",
    [
        *("import os.path", "import boto3, index", "from botocore.config import Config"),
        *("import acme.absent", "from google.cloud import storage", "from . import deep, VALUE"),
        *("import app.deep.er", "from app.deep import er", "from .deep.er import x"),
        "try:\n    import yaml\nexcept ImportError:\n    yaml = None",
        "if TYPE_CHECKING:\n    import yaml",
        "def process():\n    import yaml",
        "import sys\nsys.path.append('lib')\nimport yaml",
    ],
)
def test_an_import_that_may_be_fine_is_not_refused(tmp_path: Path, main: str) -> None:
    sources = {"app/main.py": main, "app/deep/er.py": "", "unused.py": "import yaml"}
    found(tmp_path, sources)
