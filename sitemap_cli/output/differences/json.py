"""One JSON document, with a URL on each line; lists are as long as the differences are many."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

import msgspec

from sitemap_cli.model.difference import ChangePage
from sitemap_cli.model.difference_results import DiffDocument, DifferenceSummary
from sitemap_cli.output.byte_spool import ByteSpool, open_byte_spools
from sitemap_cli.output.difference_format import Comparison, DifferenceFormat, WritingOptions
from sitemap_cli.output.difference_json import build_changes, encode_lines
from sitemap_cli.output.json_text import encode_json

_BETWEEN = b",\n"


class _Array:
    """The items of an array, one on each line, as they are found."""

    def __init__(self, target: "BinaryIO | ByteSpool") -> None:
        self._target = target
        self._is_empty = True

    def extend(self, values: Sequence[Any]) -> None:
        if values:
            lines = encode_lines(values)[:-1].replace(b"\n", _BETWEEN)
            self._target.write((b"\n" if self._is_empty else _BETWEEN) + lines)
            self._is_empty = False


class _Writer:
    def __init__(self, stream: BinaryIO, spools: Sequence[ByteSpool]) -> None:
        self._stream = stream
        self._spools = dict(zip(("removed", "changed"), spools, strict=True))
        self._added = _Array(stream)
        self._removed, self._changed = map(_Array, spools)

    def write_head(self, comparison: Comparison) -> None:
        config = DiffDocument.__struct_config__
        head = {config.tag_field: config.tag, **msgspec.to_builtins(comparison.head)}
        # Without the line end and the brace.
        self._stream.write(encode_json(head)[:-2] + b',\n"added":[')

    def write_page(self, page: ChangePage) -> None:
        self._added.extend(page.added)
        self._removed.extend(page.removed)
        self._changed.extend(build_changes(page.changed))

    def write_summary(self, summary: DifferenceSummary) -> None:
        for name, spool in self._spools.items():
            self._stream.write(f'],\n"{name}":['.encode())
            spool.copy_to(self._stream)
        rest = {"counts": summary.counts, "sections": summary.sections}
        self._stream.write(b"],\n" + encode_json(rest)[1:])


@contextmanager
def open_writer(stream: BinaryIO, comparison: Comparison, _options: WritingOptions) -> Iterator[_Writer]:
    """Write what was added at once, and keep the other lists for the end."""
    with open_byte_spools(2) as spools:
        writer = _Writer(stream, spools)
        writer.write_head(comparison)
        yield writer


FORMAT = DifferenceFormat(open_writer)
