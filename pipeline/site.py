"""What the documentation site has that Markdown in ``docs/`` has not; a Sphinx extension.

Pages from elsewhere in the repository, links to its files, and the calculator of costs.
"""

import os
import re
from pathlib import Path
from typing import Any

from pipeline import calculator

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# Where the site has what pages on code hosts link to.
PAGES = {
    ROOT / "README.md": DOCS / "index.md",
    ROOT / "CONTRIBUTING.md": DOCS / "contributing.md",
    DOCS / "adr": DOCS / "decisions.md",
}
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")
INCLUDED = re.compile(r"<!-- include: (\S+) -->")
CALCULATOR = "<!-- calculator -->"
# The corner of a table, which is no heading.
CORNER = '<th class="head"><p></p></th>'


def setup(app: Any) -> dict[str, bool]:
    """Connect the extension; Sphinx calls this."""
    app.connect("source-read", read)
    app.connect("html-page-context", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def read(app: Any, name: str, source: list[str]) -> None:
    """Complete a page before it is parsed: its text, the only element of ``source``."""
    folder = Path(app.env.doc2path(name)).parent
    text = relinked(source[0], folder, folder)
    text = INCLUDED.sub(lambda part: included(ROOT / part[1], folder), text)
    if CALCULATOR in text:
        form = app.builder.templates.render("calculator.html", calculator.context())
        text = text.replace(CALCULATOR, f"```{{raw}} html\n{form}\n```")
    source[0] = text


def finish(app: Any, name: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Let empty cells of a table's head be no headings."""
    del app, name, template, doctree
    context["body"] = context.get("body", "").replace(CORNER, "<td></td>")


def included(path: Path, folder: Path) -> str:
    """Return a file of the repository as it stands in a page of a folder."""
    return relinked(path.read_text(encoding="utf-8"), path.parent, folder)


def relinked(text: str, origin: Path, folder: Path) -> str:
    """Return a text of one folder with its links as another needs them.

    Files outside ``docs/`` become downloads; of folders and pages there, only the words stay.
    """

    def link(match: re.Match[str]) -> str:
        image, label, target = match.groups()
        path, sign, anchor = target.partition("#")
        if not path or ":" in path:
            return match[0]
        absolute = (origin / path).resolve()
        absolute = PAGES.get(absolute, absolute)
        if absolute.is_dir() or (absolute.suffix == ".md" and DOCS not in absolute.parents):
            return label
        return f"{image}[{label}]({os.path.relpath(absolute, folder)}{sign}{anchor})"

    return LINK.sub(link, text)
