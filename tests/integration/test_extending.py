"""docs/extending.md: each worked example applies, generates, and does what the page says."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from serverlessapp.cli.main import main
from serverlessapp.template.reading import load
from tests.lambda_code import loaded

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
EXAMPLES = {
    section.partition("\n")[0]: re.findall(
        r"^```(?:diff|python)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE
    )
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
}
SOURCES = ("serverlessapp", "generators", "pipeline", "functions", "templates", "docs", "tests")


class House:
    """A copy of the sources, with one example applied."""

    def __init__(self, folder: Path, example: str) -> None:
        self.folder = folder
        for name in SOURCES:
            unwanted = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
        for name in ("setup.cfg", ".cfnlintrc"):
            shutil.copy(ROOT / name, folder)
        (patch,) = EXAMPLES[example]
        self.run("git", "apply", "--recount", "-", given=patch)

    def run(self, *command: str, given: str = "") -> str:
        """Run a command in the house; it has to succeed."""
        done = subprocess.run(
            command, cwd=self.folder, input=given, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def python(self, *arguments: str) -> str:
        return self.run(sys.executable, "-m", *arguments)

    def template(self, package: str, name: str) -> dict[str, Any]:
        """Generate and return a template."""
        self.python(package, "--output", "templates")
        return load((self.folder / "templates" / f"{name}.yaml").read_bytes())


def test_a_parameter(tmp_path: Path) -> None:
    house = House(tmp_path / "house", "A parameter")
    template = house.template("generators", "application")
    assert template["Parameters"]["TieringDays"]["Default"] == "30"
    rules = template["Resources"]["UploadBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (days,) = (t["TransitionInDays"] for rule in rules for t in rule.get("Transitions", []))
    assert days == {"Ref": "TieringDays"}
    tests = "tests/unit/generators/test_parameters.py"
    assert " passed" in house.python("pytest", "-q", "-p", "no:cacheprovider", tests)


def test_a_parameter_touches_at_most_three_files_besides_its_tests() -> None:
    (patch,) = EXAMPLES["A parameter"]
    files = re.findall(r"^diff --git a/(\S+)", patch, re.MULTILINE)
    assert len([file for file in files if not file.startswith(("tests/", "docs/"))]) <= 3


def test_a_resource(tmp_path: Path) -> None:
    house = House(tmp_path / "house", "A resource")
    template = house.template("generators", "application-ephemeral")
    tags = template["Resources"]["ReviewTopic"]["Properties"]["Tags"]
    assert {tag["Key"] for tag in tags} == {"Environment", "Owner", "Project"}
    role = json.dumps(house.template("pipeline", "deploy-role"))
    assert "-ReviewTopic-*" in role
    house.run(str(Path(sys.executable).parent / "cfn-lint"), "templates/application.yaml")
    rules = "tests/unit/serverlessapp/rules/policies/test_templates.py"
    tests = ("tests/unit/generators/test_context.py", rules)
    assert " passed" in house.python("pytest", "-q", "-p", "no:cacheprovider", *tests)


class Download(list[bytes]):
    """What ``context.open()`` gives: chunks, in a context."""

    def __enter__(self) -> "Download":
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_a_processor() -> None:
    (code,) = EXAMPLES["A processor"]
    names: dict[str, Any] = {}
    metrics: dict[str, float] = {}

    def context(*chunks: bytes) -> Any:
        return SimpleNamespace(open=lambda: Download(chunks), metric=metrics.__setitem__)

    with loaded("file_processor") as index:
        exec(compile(code, "docs/extending.md", "exec"), names)  # noqa: S102 (our own page)
        assert names["count_lines"](None, context(b"a\nb", b"\n")) == {"lines": 2}
        assert metrics == {"Lines": 2}
        with pytest.raises(index.PermanentError, match="no line ends"):
            names["count_lines"](None, context(b"a"))


def test_a_pipeline_stage(tmp_path: Path) -> None:
    house = House(tmp_path / "house", "A pipeline stage")
    template = house.template("pipeline", "pipeline")
    stages = template["Resources"]["Pipeline"]["Properties"]["Stages"]
    names = [stage["Name"] for stage in stages]
    assert names[names.index("Test") + 1] == "Hold"
    written = house.folder / "templates" / "pipeline.yaml"
    assert main(["validate", str(written), "--source", str(house.folder)]) == 0


def test_every_example_is_tested() -> None:
    assert set(EXAMPLES) == {"A parameter", "A resource", "A processor", "A pipeline stage"}
