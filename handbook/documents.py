"""Parts of the pages in ``docs/``, by their headings."""

import re


class MissingPartError(Exception):
    """A page has no such heading; the message says which."""


def parts(text: str) -> dict[str, str]:
    """Return what is below each heading of the second level, code blocks left alone."""
    contents: dict[str, list[str]] = {}
    current: list[str] = []
    fenced = False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        if not fenced and (heading := re.fullmatch(r"## (.+)", line)):
            current = contents.setdefault(heading[1], [])
        elif not line.startswith("<!-- "):
            current.append(line)
    return {title: "\n".join(lines).strip() for title, lines in contents.items()}


def part(text: str, title: str) -> str:
    """Return what is below one heading.

    Raises:
        MissingPartError: There is no such heading.
    """
    try:
        return parts(text)[title]
    except KeyError:
        raise MissingPartError(f"there is no heading: ## {title}") from None
