"""Apache Parquet, for data frames; needs the extra ``parquet``."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.errors import UsageError
from sitemap_cli.output.output_format import NUMBERS, OutputFormat, Row, WriteRows

ROW_GROUP = 100_000


@contextmanager
def open_writer(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[WriteRows]:
    """Write rows in groups of at least 100,000; ``lastmod_utc`` becomes a timestamp.

    Raises:
        UsageError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError("pyarrow is not installed", hint="pip install pyarrow") from error

    types = {**dict.fromkeys(NUMBERS, pa.int64()), "lastmod_utc": pa.timestamp("s", tz="UTC")}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in fields])
    waiting: list[Row] = []

    def write_group() -> None:
        columns = list(zip(*waiting, strict=True)) or [()] * len(fields)
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
        file.write_table(pa.Table.from_arrays(arrays, schema=schema))
        waiting.clear()

    def write_rows(rows: Iterable[Row]) -> None:
        waiting.extend(rows)
        if len(waiting) >= ROW_GROUP:
            write_group()

    with pq.ParquetWriter(stream, schema, compression="zstd") as file:
        yield write_rows
        write_group()


FORMAT = OutputFormat(open_writer, is_binary=True, has_columns=True)
