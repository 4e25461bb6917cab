"""Links of Markdown pages, when a piece of them stands in one file alone."""

import re
from collections.abc import Collection

LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)")


def inside(text: str, anchors: Collection[str]) -> str:
    """Return the text with links to other files turned into their names.

    Args:
        text: Markdown.
        anchors: What can be linked to on the page.
    """

    def rewritten(link: re.Match[str]) -> str:
        label, target = link.groups()
        if target.startswith("https://"):
            return link[0]
        path, _, anchor = target.partition("#")
        if anchor in anchors:
            return f"[{label}](#{anchor})"
        return f"{label} (docs/{path})" if path and path not in label else label

    return LINK.sub(rewritten, text)
