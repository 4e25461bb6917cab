"""A processor: writes the text of every PDF beside the number of its pages.

The text of ``uploads/a.pdf`` is ``results/uploads/a.pdf/<version>.txt``, in UTF-8, with a form feed
after each page. Key and content follow from the file's version alone, so a redelivery writes the
same again.
"""

from __future__ import annotations

import shutil
import tempfile

from index import Context, File, PermanentError
from pypdf import PdfReader
from pypdf.errors import PyPdfError

RESULTS = "results/"
KEY_BYTES = 1024  # Amazon S3 User Guide, "Naming Amazon S3 objects"
# Ten files wait in /tmp at once, which has 512 MB.
MAX_BYTES = 40_000_000


def extract(file: File, context: Context) -> dict[str, object]:
    """Write the file's text; return its key, and how many pages and characters there are.

    Raises:
        PermanentError: It is no PDF, damaged, encrypted or too large.
    """
    key = f"{RESULTS}{file.key}/{file.version_id}.txt"
    if len(key.encode()) > KEY_BYTES:
        raise PermanentError(f"the result's key would have more than {KEY_BYTES} bytes")
    if file.size > MAX_BYTES:
        raise PermanentError(f"{file.size} bytes; PDFs may have {MAX_BYTES}")
    with tempfile.TemporaryFile() as copy:
        with context.open() as download:
            shutil.copyfileobj(download, copy)
        copy.seek(0)
        try:
            reader = PdfReader(copy)
            if reader.is_encrypted:
                raise PermanentError("encrypted; send it without a password")
            texts = [page.extract_text() for page in reader.pages]
        except (PermanentError, MemoryError):
            raise
        except PyPdfError as error:
            raise PermanentError(f"not a PDF that can be read: {error}") from error
        except Exception as error:  # pypdf's parsers raise whatever the damage leads to
            raise PermanentError(f"not a PDF that can be read: {error!r}") from error
    text = "".join(f"{each}\f" for each in texts)
    content = text.encode("utf-8", "replace")  # a PDF may have halves of surrogate pairs
    context.s3.put_object(
        Bucket=file.bucket, Key=key, Body=content, ContentType="text/plain; charset=utf-8"
    )
    context.metric("Pages", len(texts))
    return {"text": key, "pages": len(texts), "characters": len(text)}
