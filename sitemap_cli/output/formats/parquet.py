"""Apache Parquet, for data frames; needs the extra ``parquet``."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from sitemap_cli.errors import UsageError

NAME = "parquet"

ROW_GROUP = 100_000


@contextmanager
def opened(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[Any]:
    """Write rows in groups of 100,000; ``lastmod_utc`` is a timestamp.

    Raises:
        UsageError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError("pyarrow is not installed", hint="pip install 'sitemap-cli[parquet]'") from error

    types = {"lastmod_utc": pa.timestamp("s", tz="UTC"), "line": pa.int64()}
    schema = pa.schema([(name, types.get(name, pa.string())) for name in fields])
    waiting: list[tuple[Any, ...]] = []

    def flush() -> None:
        columns = list(zip(*waiting, strict=True)) or [()] * len(fields)
        arrays = [pa.array(column, type=field.type) for column, field in zip(columns, schema, strict=True)]
        file.write_table(pa.Table.from_arrays(arrays, schema=schema))
        waiting.clear()

    def write(rows: Iterable[tuple[Any, ...]]) -> None:
        waiting.extend(rows)
        if len(waiting) >= ROW_GROUP:
            flush()

    with pq.ParquetWriter(stream, schema, compression="zstd") as file:
        yield write
        flush()
