"""docs/extending.md: the worked examples apply, pass every check, and do what the page says."""

import io
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.house import ROOT, House
from tests.lambda_code import loaded

PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
EXAMPLES = {
    section.partition("\n")[0]: re.findall(
        r"^```(?:diff|python)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE
    )
    for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
}
CHANGES = {title: blocks for title, blocks in EXAMPLES.items() if title != "A processor"}
# Of "make test", those that read what the examples change.
TESTS = (
    *("generators/test_context.py", "generators/test_parameters.py", "pipeline"),
    *("local/pipeline/test_command.py", "serverlessapp/releases/test_released.py"),
    "serverlessapp/rules/policies/test_templates.py",
    "serverlessapp/rules/pipelines/test_mistakes.py",
)


@pytest.mark.parametrize("example", CHANGES)
def test_a_diff_applies_alone(example: str) -> None:
    (patch,) = EXAMPLES[example]
    subprocess.run(
        ["git", "apply", "--check", "--recount", "-"],  # noqa: S607
        cwd=ROOT,
        input=patch,
        text=True,
        check=True,
    )


@pytest.mark.timeout(900)  # lints all templates and runs a fifth of the unit tests in the copy
def test_the_examples_run_to_the_end(tmp_path: Path) -> None:
    """All in one copy: generating, checking and testing take as long for one as for all."""
    house = House(tmp_path / "house")
    for (patch,) in CHANGES.values():
        house.run("git", "apply", "--recount", "-", given=patch)
    version = house.folder / "generators/__init__.py"
    text, numbers = version.read_text(), re.compile(r"(\d+)\.(\d+)\.[^\"]+")
    version.write_text(numbers.sub(lambda m: f"{m[1]}.{int(m[2]) + 1}.0.dev0", text))
    house.tox("generate")
    assert "raise at least the version's" in house.run("serverlessapp", "diff", codes=(3, 4))
    parameters(house)
    resource(house)
    stage(house)
    house.tox("templates")
    tests = [f"tests/unit/{name}" for name in TESTS]
    house.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def parameters(house: House) -> None:
    template = house.template("application")
    assert template["Parameters"]["TieringDays"]["Default"] == "30"
    rules = template["Resources"]["UploadBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (days,) = (t["TransitionInDays"] for rule in rules for t in rule.get("Transitions", []))
    assert days == {"Ref": "TieringDays"}
    assert "| `TieringDays` |" in (house.folder / "docs/reference.md").read_text(encoding="utf-8")


def resource(house: House) -> None:
    template = house.template("application-ephemeral")
    tags = template["Resources"]["ReviewTopic"]["Properties"]["Tags"]
    assert {tag["Key"] for tag in tags} == {"Environment", "Owner", "Project"}


def stage(house: House) -> None:
    stages = house.template("pipeline")["Resources"]["Pipeline"]["Properties"]["Stages"]
    names = [stage["Name"] for stage in stages]
    assert names[names.index("Test") + 1] == "Hold"
    assert "| **Hold** |" in (house.folder / "docs/pipeline.md").read_text(encoding="utf-8")


def test_a_parameter_touches_at_most_three_files_besides_its_tests() -> None:
    (patch,) = EXAMPLES["A parameter"]
    files = re.findall(r"^diff --git a/(\S+)", patch, re.MULTILINE)
    assert len([file for file in files if not file.startswith(("tests/", "docs/"))]) <= 3


def test_a_processor() -> None:
    (code,) = EXAMPLES["A processor"]
    names: dict[str, Any] = {}
    metrics: dict[str, float] = {}

    def context(content: bytes) -> Any:
        return SimpleNamespace(open=lambda: io.BytesIO(content), metric=metrics.__setitem__)

    with loaded("file_processor") as index:
        exec(compile(code, "docs/extending.md", "exec"), names)  # noqa: S102 (our own page)
        assert names["process"](None, context(b"a\nb\n")) == {"lines": 2}
        assert metrics == {"Lines": 2}
        with pytest.raises(index.PermanentError, match="no line ends"):
            names["process"](None, context(b"a"))


def test_every_example_is_tested() -> None:
    assert set(EXAMPLES) == {"A parameter", "A resource", "A processor", "A pipeline stage"}
