"""Words are counted across the borders of chunks and characters."""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Gives the content in chunks, and remembers metrics."""

    def __init__(self, content: bytes, chunk: int) -> None:
        self.content, self.chunk, self.metrics = content, chunk, dict[str, float]()

    @contextmanager
    def open(self) -> Iterator[list[bytes]]:
        starts = range(0, len(self.content), self.chunk)
        yield [self.content[start : start + self.chunk] for start in starts]

    def metric(self, name: str, value: float) -> None:
        self.metrics[name] = value


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 1000])
def test_chunks_do_not_matter(words: Any, chunk: int) -> None:
    context = Context(TEXT.encode(), chunk)
    assert words.count(None, context) == {"lines": 3, "words": 6}
    assert context.metrics == {"Words": 6}


def test_nothing(words: Any) -> None:
    assert words.count(None, Context(b"", 10)) == {"lines": 0, "words": 0}


@pytest.mark.parametrize("content", [b"a \xff b", "ö".encode()[:1]])
def test_what_is_no_text_is_refused(words: Any, index: ModuleType, content: bytes) -> None:
    with pytest.raises(index.PermanentError, match="not text in UTF-8"):
        words.count(None, Context(content, 10))
