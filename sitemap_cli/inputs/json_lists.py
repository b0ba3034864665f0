"""Lists of domains in JSON: an array on one line or on many, an object with an array, or JSON Lines."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.list_records import (
    COLUMNS,
    InvalidRecord,
    Lines,
    ListedDomain,
    Record,
    is_domain_or_url,
)

SAMPLE_RECORDS = 20
"""Records that are searched for a key that the user names."""

_ARRAY = re.compile(r"\s*\[\s*([\"'{\[\]]|$)")
_OBJECT = re.compile(r"\s*\{\s*(\"|$)")
_BETWEEN = re.compile(r"[\s,\]}]*")
_COLON = re.compile(r"\s*:\s*")
_BROKEN = re.compile(r"[^,\n\r]+")
_SINGLE_QUOTED = re.compile(r"'([^'\\\r\n]*)'")
_BROKEN_OBJECT = re.compile(r"\{[^{}]*\}?")
# A part of a document that is nested too deeply, with as many levels as are left out at once.
_DEEP = re.compile(r"(?:[^{\[]*[{\[]){1,500}")
_LINE_END = re.compile(r"\r\n|\n|\r")
_DECODER = json.JSONDecoder()

Value = tuple[int, str, Any]
"""The line of a value, its text, and what it means: None if it is malformed."""


def is_json_document(first: str, column: str | None, columns: Sequence[str] = COLUMNS) -> bool:
    """Return whether the first line of a list begins a JSON array, or an object of several lines.

    An IPv6 address in brackets is no array. An object around an array may have one line.
    """
    if not _OBJECT.match(first):
        return _ARRAY.match(first) is not None
    value = parse_line(first)
    return value is None or _is_wrapper(value, column, columns)


def parse_line(line: str) -> Any:
    """Return the JSON value of a line; None if it is malformed."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def read_json_lines(lines: Lines, column: str | None, columns: Sequence[str] = COLUMNS) -> Iterator[Record]:
    """Yield a record for each line."""
    return _read_values(((number, line, parse_line(line)) for number, line in lines), column, columns)


def read_json_document(text: str, column: str | None, columns: Sequence[str] = COLUMNS) -> Iterator[Record]:
    """Yield a record for each string and object of a document; malformed values cost only themselves."""
    return _read_values(_split_values(text, column, columns), column, columns)


def _read_values(values: Iterator[Value], column: str | None, columns: Sequence[str]) -> Iterator[Record]:
    sample = list(islice(values, SAMPLE_RECORDS)) if column else []
    objects = [value for _, _, value in sample if isinstance(value, dict)]
    if objects and not any(column in each for each in objects):
        keys = ", ".join(dict.fromkeys(chain.from_iterable(objects)))
        raise UsageError("no such key", where=column, hint=f"available keys: {keys}")
    for line, text, value in chain(sample, values):
        found, extra = _find_domain(value, column, columns)
        if found is None:
            yield InvalidRecord(line, text, f"no JSON with a {column or 'domain'}")
        else:
            yield ListedDomain(line, found, extra)


def _find_domain(value: Any, column: str | None, columns: Sequence[str]) -> tuple[str | None, dict[str, Any]]:
    """Return the domain of a value, and the object that has it."""
    if not isinstance(value, dict):
        return (value, {}) if isinstance(value, str) else (None, {})
    lower = {key.lower(): key for key in value}
    keys = (column,) if column else [lower[each] for each in columns if each in lower]
    found = next((value[key] for key in keys if key in value), None)
    if not keys:
        # The API of Search Console returns the dimensions of a row as an array.
        values = chain(value.values(), *(each for each in value.values() if isinstance(each, list)))
        others = [each for each in values if isinstance(each, str) and is_domain_or_url(each)]
        found = others[0] if len(others) == 1 else None
    return (found, value) if isinstance(found, str) else (None, value)


def _split_values(text: str, column: str | None, columns: Sequence[str]) -> Iterator[Value]:
    """Yield the items of all arrays, and what stands outside of them."""
    line_ends = [each.start() for each in _LINE_END.finditer(text)]
    for start, end, value in _walk(text, 0, len(text), column, columns):
        yield bisect_right(line_ends, start) + 1, text[start:end].strip(), value


def _walk(
    text: str, at: int, stop: int, column: str | None, columns: Sequence[str]
) -> Iterator[tuple[int, int, Any]]:
    """Yield where each value begins and ends, and the value; arrays are opened."""
    while (at := _skip(text, at)) < stop:
        try:
            value, end = (None, at + 1) if text[at] == "[" else _DECODER.raw_decode(text, at)
        except RecursionError:
            value, end = None, found.end() if (found := _DEEP.match(text, at)) else at + 1
        except ValueError:
            quoted = _SINGLE_QUOTED.match(text, at)
            rest = quoted or (_BROKEN_OBJECT if text[at] == "{" else _BROKEN).match(text, at)
            value, end = quoted[1] if quoted else None, rest.end() if rest else at + 1
        if text[at] == "[":
            at = end
            continue
        is_wrapper = isinstance(value, dict) and _is_wrapper(value, column, columns)
        inner = _find_array(text, at) if is_wrapper else None
        if inner is None:
            yield at, end, value
        else:
            yield from _walk(text, inner, _DECODER.raw_decode(text, inner)[1], column, columns)
        at = end


def _skip(text: str, at: int) -> int:
    found = _BETWEEN.match(text, at)
    return found.end() if found else at


def _is_wrapper(value: dict[str, Any], column: str | None, columns: Sequence[str]) -> bool:
    """Return whether an object names no domain itself, but has one array."""
    names_domain = column in value or any(
        key.lower() in columns and isinstance(each, str) for key, each in value.items()
    )
    return not names_domain and sum(isinstance(each, list) for each in value.values()) == 1


def _find_array(text: str, at: int) -> int:
    """Return where the first array in a well-formed object begins."""
    at += 1
    while True:
        _, at = _DECODER.raw_decode(text, _skip(text, at))
        at = _COLON.match(text, at).end()  # type: ignore[union-attr]
        if text[at] == "[":
            return at
        _, at = _DECODER.raw_decode(text, at)
