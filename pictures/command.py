"""Writes the pictures of the documentation, or checks that they are fresh."""

import argparse
import hashlib
import json
import sys
from pathlib import Path

from generators import tables
from pictures import backlog, dashboard, dot, flow, mermaid
from pictures.dot import DrawingError
from pipeline.page import refresh
from serverlessapp.template.parameters import Json

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGE = "architecture.md"
BACKLOG = "pictures/backlog.svg"
DASHBOARD = "pictures/dashboard.svg"
FLOW = "pictures/flow.svg"
# Digest of what it shows: graphviz's versions write different bytes for the same graph, and whether
# the picture is fresh can be told without it. ADR 0018.
DRAWN = "pictures/drawn.json"

EXAMPLES = """\
examples:
  python -m pictures            write docs/architecture.md, and what needs no graphviz
  python -m pictures --check    exit 1 if one is stale; needs neither graphviz nor a browser
  python -m pictures --draw     also draw the flow with graphviz, if it changed

exit codes: 0 written or fresh, 1 stale, 2 wrong usage or a picture cannot be drawn
"""


def texts(folder: Path, template: Json) -> dict[str, str]:
    """Return the content of every generated text, by its name in ``docs/``."""
    page = (folder / PAGE).read_text(encoding="utf-8")
    lane = flow.template()
    return {
        PAGE: refresh(page, {"flow": lambda: mermaid.draw(lane, flow.steps(lane))}),
        DASHBOARD: dashboard.draw(dashboard.body(template)),
        BACKLOG: backlog.draw(),
    }


def graph() -> str:
    """Return what graphviz draws."""
    lane = flow.template()
    return dot.source(lane, flow.steps(lane))


def digest(text: str) -> str:
    """Return what stands for the content of a picture."""
    return hashlib.sha256(text.encode()).hexdigest()


def stale(folder: Path, template: Json) -> list[str]:
    """Return the names of what is not as it would be written."""
    names = [
        name
        for name, text in texts(folder, template).items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    note = folder / DRAWN
    drawn = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
    is_fresh = drawn.get(FLOW) == digest(graph())
    return names if is_fresh and (folder / FLOW).is_file() else [*names, FLOW]


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m pictures",
        description="Draw the pictures of the documentation from the application's template.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--check", action="store_true", help="verify instead of writing")
    parser.add_argument("--draw", action="store_true", help="the flow, too; needs graphviz")
    parser.add_argument("--docs", type=Path, default=DOCS, metavar="DIR", help="default: docs/")
    arguments = parser.parse_args(argv)
    template = tables.template()
    try:
        if not arguments.check:
            write(arguments.docs, template, draw=arguments.draw)
        names = stale(arguments.docs, template)
    except (OSError, ValueError, DrawingError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for name in names:
        print(f"stale: {arguments.docs / name}; run: tox run -e draw", file=sys.stderr)
    return 1 if names else 0


def write(folder: Path, template: Json, *, draw: bool) -> None:
    """Write every text and, if asked to and it is stale, the picture that graphviz draws."""
    files = {name: text.encode() for name, text in texts(folder, template).items()}
    if draw and FLOW in stale(folder, template):
        files[FLOW] = dot.draw(graph())
        files[DRAWN] = (json.dumps({FLOW: digest(graph())}, indent=2) + "\n").encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        print(f"{folder / name}: {len(content):,} bytes")
