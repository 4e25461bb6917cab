"""Reads which version of PDF a file has."""

from index import Context, File, PermanentError


def read(file: File, context: Context) -> dict[str, object]:
    """Return the version that the first line names.

    Raises:
        PermanentError: It is no PDF.
    """
    with context.open() as download:
        head = download.read(8)
    if not head.startswith(b"%PDF-"):
        raise PermanentError("no PDF")
    return {"version": head[5:].decode("ascii", "replace")}
