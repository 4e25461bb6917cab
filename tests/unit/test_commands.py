"""Every block of commands that a page prints is run by a test, or says why it needs AWS.

A comment says so, before the block or, for all of a page, below its title.
"""

import configparser
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .test_links import PAGES, ROOT

BLOCK = re.compile(r"^( *)```sh\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
MARK = re.compile(r"<!-- (run by|needs AWS:) (\S.*?) -->")
# What bash 3.2 and the tools of macOS lack, or do otherwise.
ONLY_LINUX = re.compile(
    r"\b(date [^|;\n]*(-d|--date)\b|sed -i\b|base64 -w|readlink -f|sha256sum|grep -\w*P|xargs -r"
    r"|mapfile|readarray|declare -A|stat -c)|\$\{\w+(\^|,)|\|&|&>>"
)
INSTALLS = re.compile(r"^(?:sudo |python3? -m )?pip3? install", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of commands.

    Attributes:
        page: Path from the root.
        line: Of its first command.
        commands: As they are printed, without the indent of a list.
        mark: "run by" and the path of a test, or "needs AWS:" and why; empty texts without.
    """

    page: str
    line: int
    commands: str
    mark: tuple[str, str]


def blocks() -> Iterator[Block]:
    """Yield the blocks of every page, in its order."""
    for page in PAGES:
        if page.name != "CHANGELOG.md":
            yield from blocks_of(page.relative_to(ROOT).as_posix(), page.read_text("utf-8"))


def blocks_of(page: str, text: str) -> Iterator[Block]:
    of_page = re.match(rf"# .*\n\n{MARK.pattern}", text)
    for block in BLOCK.finditer(text):
        before = text[: block.start()]
        own = re.search(MARK.pattern + r"\s*$", before)
        mark = own or of_page
        yield Block(
            page=page,
            line=before.count("\n") + 2,
            commands=re.sub(f"^{block[1]}", "", block[2], flags=re.MULTILINE),
            mark=(mark[1], mark[2]) if mark else ("", ""),
        )


def in_make_test() -> set[str]:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    return set(re.findall(r"[\w-]+", tox["tox"]["labels"]))


@pytest.mark.parametrize("block", list(blocks()), ids=lambda block: f"{block.page}:{block.line}")
def test_a_block_is_run_or_needs_aws(block: Block) -> None:
    how, what = block.mark
    assert how, f"{block.page}:{block.line}: say <!-- run by TEST --> or <!-- needs AWS: WHY -->"
    if what == "make test":
        environments = re.findall(r"tox run -e (\S+)", block.commands)
        assert environments
        assert set(environments) <= in_make_test()
    elif how == "run by":
        source = (ROOT / what).read_text(encoding="utf-8")
        assert Path(block.page).name in source or "blocks()" in source, f"{what} knows no such page"
    assert not ONLY_LINUX.search(block.commands)
    assert not INSTALLS.search(block.commands), "not into a virtual environment"


@pytest.mark.parametrize(
    "commands",
    ["date -u -d yesterday", "sed -i s/a/b/ f", "sha256sum --check S", "echo ${a^^}", "a |& b"],
)
def test_what_macos_lacks_would_be_seen(commands: str) -> None:
    assert ONLY_LINUX.search(commands)


def test_a_block_without_a_mark_would_be_seen() -> None:
    page = (
        "# P\n\n<!-- needs AWS: a -->\n## A\n```sh\na\n```\n"
        "- b\n  <!-- run by t.py -->\n  ```sh\n  c\n  ```\n"
    )
    first, second = blocks_of("p.md", page)
    assert (first.mark, second.mark) == (("needs AWS:", "a"), ("run by", "t.py"))
    assert (second.line, second.commands) == (11, "c\n")
    assert INSTALLS.search("pip install .")
    (bare,) = blocks_of("p.md", page.partition("- b")[0].replace("needs", "wants"))
    assert bare.mark == ("", "")
