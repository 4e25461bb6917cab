"""Words are counted across the borders of parts and characters."""

import importlib.util
import io
from types import ModuleType
from typing import Any

import pytest

from .conftest import EXAMPLE

TEXT = "größer als nötig\n\n zwei  Wörter\n📎"


@pytest.fixture(scope="module")
def words(index: ModuleType) -> ModuleType:
    path = EXAMPLE.parent / "words/words.py"
    spec = importlib.util.spec_from_file_location("words", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Context:
    """Gives the content, and remembers metrics."""

    def __init__(self, content: bytes) -> None:
        self.content, self.metrics = content, dict[str, float]()

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.content)

    def metric(self, name: str, value: float) -> None:
        self.metrics[name] = value


@pytest.mark.parametrize("part", [1, 2, 3, 5, 1000])
def test_parts_do_not_matter(words: Any, part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "PART", part)
    context = Context(TEXT.encode())
    assert words.count(None, context) == {"lines": 3, "words": 6}
    assert context.metrics == {"Words": 6}


def test_nothing(words: Any) -> None:
    assert words.count(None, Context(b"")) == {"lines": 0, "words": 0}


@pytest.mark.parametrize("content", [b"a \xff b", "ö".encode()[:1]])
def test_what_is_no_text_is_refused(words: Any, index: ModuleType, content: bytes) -> None:
    with pytest.raises(index.PermanentError, match="not text in UTF-8"):
        words.count(None, Context(content))
