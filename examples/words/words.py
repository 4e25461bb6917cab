"""A processor without dependencies: counts the lines and words of a text.

The acceptance tests deploy it from a zip, to see another processor run than the built-in one.
"""

from __future__ import annotations

import io

from index import Context, File, PermanentError

PART = 1024 * 1024  # characters at a time: memory stays flat whatever the file's size


def count(file: File, context: Context) -> dict[str, object]:
    """Return the numbers of lines and words.

    Raises:
        PermanentError: The file is not text in UTF-8.
    """
    lines = words = 0
    within = False  # a word that may go on in the next part
    with context.open() as download, io.TextIOWrapper(download, "utf-8", newline="") as text:
        try:
            while part := text.read(PART):  # a line may be as long as the file
                lines += part.count("\n")
                words += len(part.split()) - (within and not part[0].isspace())
                within = not part[-1].isspace()
        except UnicodeDecodeError as error:
            raise PermanentError(f"not text in UTF-8: {error.reason}") from error
    context.metric("Words", words)
    return {"lines": lines, "words": words}
