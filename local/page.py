"""One page of what was seen, for ``--page``: it stands alone, for a mail or a report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).resolve().parent


def write(path: Path, template: str, title: str, seen: Mapping[str, Any]) -> None:
    """Write what was ``seen``, as ``--json`` has it, with a Jinja2 template below this folder."""
    loader = FileSystemLoader(FOLDER)
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    content = pages.get_template(template).render(title=title, **seen)
    path.write_text(content + "\n", encoding="utf-8")
