"""Pages name only tests that exist, the threat model at least one for each attack."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/threat-model.md"
TEST = re.compile(r"`(test_\w+)`")


def existing() -> set[str]:
    return {
        node.name
        for folder in ("tests", "examples")
        for path in (ROOT / folder).rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def rows() -> list[list[str]]:
    """Return the cells of the table's rows, without its head."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_attack_has_a_guard_and_a_test() -> None:
    assert len(rows()) > 10
    for attack, guard, shown in rows():
        assert guard, attack
        assert TEST.findall(shown), attack


@pytest.mark.parametrize("page", [PAGE, PAGE.with_name("emulator.md")], ids=lambda page: page.stem)
def test_every_test_exists(page: Path) -> None:
    missing = set(TEST.findall(page.read_text(encoding="utf-8"))) - existing()
    assert not missing, sorted(missing)
