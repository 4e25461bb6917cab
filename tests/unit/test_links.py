"""Every link from one of our pages to another leads somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    if path.is_file()
]
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return what a link can name within a page, made of its headings as code hosts do."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text):
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{target}: no such file"
        assert ROOT in found.parents or found == ROOT, f"{target}: outside of the repository"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{target}: {found.name} has no such heading"


def test_a_dead_link_would_be_seen(tmp_path: Path) -> None:
    assert LINK.findall("[a](b.md#c) [d](https://e) ![f](g.png)") == ["b.md#c", "g.png"]
    page = tmp_path / "page.md"
    page.write_text("# One, two: `three`!\n```sh\n# no heading\n```\n", encoding="utf-8")
    assert anchors(page) == {"one-two-three"}
