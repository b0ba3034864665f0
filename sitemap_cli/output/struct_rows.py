"""Lists of structs as CSV: a column for each field, and for each severity of findings."""

import json
from collections.abc import Iterable
from typing import Any, BinaryIO

import msgspec

from sitemap_cli.output.output_format import load_output_format

FINDINGS = "findings"
SEVERITIES = {"error": "errors", "warning": "warnings", "info": "infos"}
"""Keys of the counts of findings, and the headings of their columns."""


def write_structs(stream: BinaryIO, type_: type[msgspec.Struct], rows: Iterable[msgspec.Struct]) -> None:
    """Write a header row and a row for each struct."""
    fields = [each.encode_name for each in msgspec.structs.fields(type_)]
    heads = [head for name in fields for head in (SEVERITIES.values() if name == FINDINGS else (name,))]
    with load_output_format("csv").open_writer(stream, tuple(heads)) as write_rows:
        write_rows([tuple(_list_cells(msgspec.to_builtins(row), fields)) for row in rows])


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
