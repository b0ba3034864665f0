"""CSV for spreadsheets: a header row, a column for each field, and one for each severity of findings."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import msgspec

from sitemap_cli.output.output_format import load_output_format
from sitemap_cli.output.table_format import TableFormat, WriteStructs

FINDINGS = "findings"
SEVERITIES = {"error": "errors", "warning": "warnings", "info": "infos"}
"""Keys of the counts of findings, and the headings of their columns."""


@contextmanager
def open_writer(
    stream: BinaryIO, type_: type[msgspec.Struct], *, raw: bool = False, excel: bool = False
) -> Iterator[WriteStructs]:
    """Write a header row and a row for each struct.

    ``raw`` keeps cells that look like formulas unchanged, ``excel`` begins with a byte order mark.
    """
    fields = [each.encode_name for each in msgspec.structs.fields(type_)]
    heads = [head for name in fields for head in (SEVERITIES.values() if name == FINDINGS else (name,))]
    with load_output_format("csv").open_writer(stream, tuple(heads), raw=raw, excel=excel) as write_rows:

        def write_structs(structs: Iterable[msgspec.Struct]) -> None:
            write_rows([tuple(_list_cells(msgspec.to_builtins(each), fields)) for each in structs])

        yield write_structs


def _list_cells(row: dict[str, Any], fields: Iterable[str]) -> Iterable[Any]:
    for name in fields:
        value = row.get(name)
        if name == FINDINGS:
            yield from ((value or {}).get(each) for each in SEVERITIES)
        elif isinstance(value, list):
            yield " ".join(map(str, value))
        elif isinstance(value, dict):
            yield json.dumps(value, ensure_ascii=False) if value else None
        else:
            yield value


FORMAT = TableFormat(open_writer, options=frozenset({"raw", "excel"}))
