"""Loads Lambda code the way Lambda does: as the top-level module ``index``."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"


@contextmanager
def loaded(function: str) -> Iterator[ModuleType]:
    """Load ``functions/<function>/index.py`` afresh, as ``index`` while the context lasts."""
    spec = importlib.util.spec_from_file_location("index", FUNCTIONS / function / "index.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    other = sys.modules.pop("index", None)  # of a test whose context is still open
    sys.modules["index"] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.modules.pop("index", None)
        if other:
            sys.modules["index"] = other
