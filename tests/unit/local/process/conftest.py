"""Processors to try, each a folder."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

HEAD = "from index import Context, File, PermanentError\n\n\ndef run(file, context):\n"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a processor with the given body and lines of its toml."""

    def write(body: str, toml: str = "", name: str = "mine") -> Path:
        place = tmp_path / name
        place.mkdir()
        code = "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())
        (place / "code_of_mine.py").write_text(HEAD + code)
        (place / "processor.toml").write_text(f'handler = "code_of_mine:run"\n{toml}')
        (place / "samples").mkdir()
        (place / "samples" / "a.txt").write_text("one\ntwo\n")
        return place

    return write
