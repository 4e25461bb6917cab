"""Adds up the amounts of a table."""

import csv
import io
import json
import os
from decimal import Decimal, InvalidOperation

from index import Context, File, PermanentError


def make(file: File, context: Context) -> dict[str, object]:
    """Write the sum below ``results/`` and return it.

    Raises:
        PermanentError: An amount is no number, or a line has none.
    """
    delimiter = "\t" if file.key.endswith(".tsv") else ","
    with context.open() as download, io.TextIOWrapper(download, "utf-8", newline="") as text:
        try:
            rows = csv.DictReader(text, delimiter=delimiter)
            amounts = [Decimal(row["amount"]) for row in rows]
        except (KeyError, TypeError, InvalidOperation) as error:
            raise PermanentError("a line without an amount") from error
    context.metric("Amounts", len(amounts))
    summary = {"total": str(sum(amounts)), "currency": os.environ["CURRENCY"]}
    context.s3.put_object(
        Bucket=file.bucket,
        Key=f"results/{file.key}/{file.version_id}.json",
        Body=json.dumps(summary).encode(),
    )
    return {**summary}
