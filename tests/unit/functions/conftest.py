"""Loads Lambda code the way Lambda does: as the top-level module ``index``."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

FUNCTIONS = Path(__file__).resolve().parent.parent.parent.parent / "functions"


@pytest.fixture(scope="module")
def load() -> Iterator[Callable[[str], ModuleType]]:
    """Return a function that loads ``functions/<name>/index.py`` afresh."""
    monkeypatch = pytest.MonkeyPatch()

    def load_function(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location("index", FUNCTIONS / name / "index.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, "index", module)
        spec.loader.exec_module(module)
        return module

    yield load_function
    monkeypatch.undo()
