"""JSON Lines: one object per line."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

import msgspec

from sitemap_cli.output.json_lines import write_records
from sitemap_cli.output.table_format import TableFormat, WriteStructs


@contextmanager
def open_writer(stream: BinaryIO, _type: type[msgspec.Struct]) -> Iterator[WriteStructs]:
    """Write each struct on a line."""
    yield partial(write_records, stream)


FORMAT = TableFormat(open_writer)
