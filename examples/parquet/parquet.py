"""A processor: converts CSV files to Parquet, row group by row group.

``uploads/orders.csv`` becomes ``results/uploads/orders.csv/<version>.parquet``. Key and content
follow from the file's version alone, so a redelivery writes the same again. Memory stays flat
whatever the file's size: a block of rows at a time, and the result waits in /tmp.
"""

from __future__ import annotations

import codecs
import os
import shutil
import tempfile
from typing import IO

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.csv  # type: ignore[import-untyped]
import pyarrow.parquet  # type: ignore[import-untyped]
from index import ConfigurationError, Context, File, PermanentError

RESULTS = "results/"
BLOCK = 4 * 1024 * 1024  # bytes of CSV that are decoded at a time; a row group
KEY_BYTES = 1024  # Amazon S3 User Guide, "Naming Amazon S3 objects"
TYPES = {
    "bool": pa.bool_(),
    "date": pa.date32(),
    "double": pa.float64(),
    "int": pa.int64(),
    "string": pa.string(),
    "timestamp": pa.timestamp("ms"),
}


def convert(file: File, context: Context) -> dict[str, object]:
    """Write the file as Parquet; return its key, the number of rows, and the columns' types.

    Raises:
        ConfigurationError: A setting is wrong.
        PermanentError: It is not such a CSV file; the message names the row where it can.
    """
    key = f"{RESULTS}{file.key}/{file.version_id}.parquet"
    if len(key.encode()) > KEY_BYTES:
        raise PermanentError(f"the result's key would have more than {KEY_BYTES} bytes")
    with context.open() as download, tempfile.TemporaryFile() as source:
        shutil.copyfileobj(download, source)
        source.seek(0)
        with tempfile.TemporaryFile() as target:
            rows, schema = write(source, target)
            target.seek(0)
            context.s3.put_object(Bucket=file.bucket, Key=key, Body=target)
    context.metric("Rows", rows)
    return {
        "parquet": key,
        "rows": rows,
        "columns": {field.name: str(field.type) for field in schema},
    }


def write(source: IO[bytes], target: IO[bytes]) -> tuple[int, pa.Schema]:
    """Convert a file; return the number of rows, and the schema."""
    rows = 0
    options = reading()
    try:
        with pyarrow.csv.open_csv(source, **options) as reader:
            schema = reader.schema
            if len(set(schema.names)) < len(schema.names):
                raise PermanentError(f"line 1: a column's name comes twice: {schema.names}")
            with pyarrow.parquet.ParquetWriter(target, schema, compression="zstd") as writer:
                for batch in reader:
                    writer.write_batch(batch)
                    rows += batch.num_rows
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())  # "Row #3: ...", the first line being row 1
        raise PermanentError(f"not such a CSV file: {reason}") from error
    return rows, schema


def reading() -> dict[str, object]:
    """Return pyarrow's options, from the settings.

    Raises:
        ConfigurationError: A setting is not what pyarrow takes.
    """
    encoding = os.environ["ENCODING"]
    names = [name.strip() for name in os.environ["HEADER"].split(",") if name.strip()]
    try:
        codecs.lookup(encoding)
        return {
            # One thread, so that errors name rows: of several, none knows how many came before.
            "read_options": pyarrow.csv.ReadOptions(
                use_threads=False,
                block_size=BLOCK,
                column_names=names or None,
                encoding=encoding,
            ),
            "parse_options": pyarrow.csv.ParseOptions(
                delimiter=os.environ["DELIMITER"].replace("\\t", "\t"), newlines_in_values=True
            ),
            "convert_options": pyarrow.csv.ConvertOptions(
                column_types=types(os.environ["TYPES"]), strings_can_be_null=False
            ),
        }
    except (LookupError, TypeError, ValueError) as error:
        raise ConfigurationError(f"DELIMITER or ENCODING is wrong: {error}") from error


def types(text: str) -> dict[str, pa.DataType]:
    """Return the types in a setting like ``id: string, amount: double``.

    Raises:
        ConfigurationError: One is not known.
    """
    chosen = {}
    for each in filter(str.strip, text.split(",")):
        name, _, kind = (part.strip() for part in each.rpartition(":"))
        if kind not in TYPES:
            raise ConfigurationError(f"TYPES: {each.strip()}; types are {', '.join(TYPES)}")
        chosen[name] = TYPES[kind]
    return chosen
