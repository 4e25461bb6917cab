"""Pieces of HTML that everybody can read: with a screen reader, a keyboard, on a phone."""

import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import count

from markdown_it import MarkdownIt

from handbook.links import inside

MARKDOWN = MarkdownIt("commonmark").enable("table")


def section(name: str, title: str, *content: str) -> str:
    """Return a part of the page with a heading that links can name."""
    body = "\n".join(content)
    heading = f'<h2 id="{name}">{escape(title)}</h2>'
    return f'<section aria-labelledby="{name}">\n{heading}\n{body}\n</section>'


def table(caption: str, heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; its cells are HTML."""
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in heading)
    body = "\n".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>'
        for first, *rest in rows
    )
    return wide(
        f"<table><caption>{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{body}\n</tbody></table>",
        caption,
    )


def wide(content: str, label: str) -> str:
    """Return something that scrolls by itself, with the keyboard too, where it has no room."""
    return (
        f'<div class="wide" role="region" tabindex="0" aria-label="{escape(label)}">{content}</div>'
    )


def markdown(text: str, label: str, anchors: Iterable[str] = ()) -> str:
    """Return a piece of a page in ``docs/`` as HTML.

    Args:
        text: Markdown.
        label: What its tables and programs are about, for who cannot see them.
        anchors: Names on this page. Other places of the repository cannot be linked from one file.
    """
    html: str = MARKDOWN.render(inside(text, set(anchors)))
    html = html.replace("<th>", '<th scope="col">').replace("&lt;br&gt;", "<br>")
    html = re.sub(r"<table>.*?</table>", lambda match: wide(match[0], label), html, flags=re.DOTALL)
    number = count(1)  # each region of a page needs a name of its own
    return re.sub("<pre>", lambda _: commands(f"{label}: commands {next(number)}"), html)


def commands(label: str) -> str:
    """Return the beginning of something that scrolls when it is too wide."""
    return f'<pre tabindex="0" role="region" aria-label="{escape(label)}">'


def folded(summary: str, content: str, name: str = "") -> str:
    """Return something that opens when asked for."""
    identity = f' id="{name}"' if name else ""
    return f"<details{identity}><summary>{summary}</summary>\n{content}\n</details>"
