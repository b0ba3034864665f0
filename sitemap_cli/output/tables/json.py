"""A JSON array, indented; its items are written as they come."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import msgspec

from sitemap_cli.output.json_text import encode_json
from sitemap_cli.output.table_format import TableFormat, WriteStructs


@contextmanager
def open_writer(stream: BinaryIO, _type: type[msgspec.Struct]) -> Iterator[WriteStructs]:
    """Write an array with an object for each struct."""
    before = b"[\n  "

    def write_structs(structs: Iterable[msgspec.Struct]) -> None:
        nonlocal before
        for each in structs:
            # A string of JSON has no line breaks.
            stream.write(before + encode_json(each, indent=2).rstrip().replace(b"\n", b"\n  "))
            before = b",\n  "

    yield write_structs
    stream.write(b"[]\n" if before.startswith(b"[") else b"\n]\n")


FORMAT = TableFormat(open_writer)
