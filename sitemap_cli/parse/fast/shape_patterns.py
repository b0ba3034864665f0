"""Compiles the shape of entries into patterns that match them, and plans that make values of their texts.

Both work on columns: one call of a pattern matches the elements of many entries, and one loop makes their
values. A plan is made with the functions that read elements from the XML parser: they are given an element of
the same shape, with placeholders for its texts. So nothing about any extension is known here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate
from typing import Any, NamedTuple

from sitemap_cli.model.item_batch import Extensions, Texts
from sitemap_cli.parse.extension import get_extensions
from sitemap_cli.parse.fast.entry_shapes import ElementShape, EntryShape, RunShape
from sitemap_cli.parse.fast.plain_entries import SPACE, URL, replace_empty, write_fields
from sitemap_cli.parse.fast.simple_markup import (
    COMMENT,
    COMMENTS,
    LOC_IN_SECTION,
    SECTION,
    RefusedError,
    restore_text,
    simplify_markup,
    unescape,
)
from sitemap_cli.parse.records import Node
from sitemap_cli.patterns import repeat_possessively

Column = Sequence[str]
ReadFaultless = Callable[[Sequence[Node]], dict[str, Any] | None]
"""Reads the extensions of an entry as from the XML parser; None if there is anything to report."""
Plan = Callable[[Sequence[Column]], Iterable[Any]]
"""Makes the values of some elements, given the column of each group."""

MAX_LENGTH = 50_000
"""Characters of a run; longer ones count against limits that only the XML parser knows."""
_MAX_SAME = 250
"""Elements with the same name in a row, for the same reason."""
_MAX_PLANS = 256
"""Plans that are kept: one for each combination of elements and texts that are there, missing or blank."""

_TEXT_PATTERN, _VALUE_PATTERN = "[^<]*+", '[^"]*+'
_BLANK = "[ \t\r\n]++"
_find_texts = re.compile(f">({_TEXT_PATTERN})</").findall
# Kinds of groups.
_MARK, _ATTRIBUTE, _TEXT, _TEXTS = range(4)
# What placeholders begin with: those for one text, and those for the texts of several elements.
_ONE, _MANY = "\0", "\1"


class EntryRows(NamedTuple):
    """Entries as columns; ``firsts`` are the names of the first extensions before other fields, if any."""

    locs: Column
    lastmods: Texts
    changefreqs: Texts
    priorities: Texts
    extensions: Extensions
    firsts: Texts


class EntryPattern:
    """Matches whole entries of one shape.

    ``find`` finds all that follow each other, a row of texts for each; if there is more text, one more row
    has it in its last place. ``match`` matches one.

    Args:
        shape: the shape.
        read_faultless: decides what an element of this shape means.
    """

    __slots__ = ("_after", "_before", "find", "match")

    def __init__(self, shape: EntryShape, read_faultless: ReadFaultless) -> None:
        self._before, self._after = (
            [
                _RunPattern(
                    each, read_faultless, has_comments=shape.has_comments, has_sections=shape.has_sections
                )
                for each in runs
            ]
            for runs in (shape.before, shape.after)
        )
        before, after = ("".join(each.pattern for each in runs) for runs in (self._before, self._after))
        gap = f"{SPACE}{COMMENTS}" if shape.has_comments else SPACE
        loc = f"(?:({URL})|{LOC_IN_SECTION})" if shape.has_sections else f"({URL})()"
        begin = f"<url>{gap}<loc>{SPACE}{loc}{SPACE}</loc>{gap}"
        entry = rf"{begin}{before}{write_fields(gap)}{after}</url>{SPACE}{COMMENTS}"
        self.match = re.compile(entry).match
        self.find = re.compile(f"{entry}|((?s:.++))").findall

    def read(self, rows: Sequence[Sequence[str]]) -> EntryRows:
        """Return the entries in rows that ``find`` returned."""
        written, in_sections, *columns, _ = zip(*rows, strict=True)
        begin = len(self._before)
        before, fields, after = columns[:begin], columns[begin : begin + 3], columns[begin + 3 :]
        runs = [*zip(self._before, before, strict=True), *zip(self._after, after, strict=True)]
        values = {run.key: run.read(texts) for run, texts in runs}
        lastmods, changefreqs, priorities = map(replace_empty, fields)
        locs = [one.replace("&amp;", "&") or other for one, other in zip(written, in_sections, strict=True)]
        extensions = _join_values(values) if values else [None] * len(rows)
        return EntryRows(locs, lastmods, changefreqs, priorities, extensions, self._find_firsts(before))

    def _find_firsts(self, before: Sequence[Column]) -> Texts:
        names = [run.name for run in self._before]
        rows = (zip(names, row, strict=True) for row in zip(*before, strict=True))
        return [next((name for name, text in row if text), None) for row in rows]


class _RunPattern:
    """Matches the elements of one run, and reads their values.

    ``pattern`` is a group that matches all that can be the run of one entry. ``key`` is that of the values.
    """

    __slots__ = (
        "_begin",
        "_find",
        "_is_marked",
        "_is_single",
        "_kinds",
        "_plans",
        "_read_faultless",
        "_variants",
        "key",
        "name",
        "pattern",
    )

    def __init__(
        self, run: RunShape, read_faultless: ReadFaultless, *, has_comments: bool, has_sections: bool
    ) -> None:
        prefix = run.name.partition(":")[0]
        extension = get_extensions()[prefix]
        self.key = extension.key
        self.name = run.name
        self._read_faultless = read_faultless
        more = f"</?{prefix}:[^<]*+"
        more += f"|{COMMENT}" if has_comments else ""
        more += f"|{SECTION}[^<]*+" if has_sections else ""
        self.pattern = rf"(<{run.name}(?=[ \t\r\n/>])[^<]*+{repeat_possessively(more)})?"
        self._begin = f"<{run.name}"
        self._is_single = extension.single
        self._variants = run.variants
        self._plans: dict[tuple[bool, ...], Plan] = {}
        self._is_marked = len(run.variants) > 1
        written, self._kinds = _write_variants(run.variants, is_marked=self._is_marked)
        if not self._kinds:
            self._is_marked = True
            written, self._kinds = _write_variants(run.variants, is_marked=True)
        # What matches no variant is the last group of the last match.
        self._find = re.compile(f"{written}|((?s:.++))").findall

    def read(self, texts: Column) -> list[Any]:
        """Return the value in each text that ``pattern`` matched, None for an empty one."""
        if max(map(len, texts)) > MAX_LENGTH:
            raise RefusedError
        joined = "".join(texts)
        if "<!" in joined:
            texts = list(map(simplify_markup, texts))
            joined = "".join(texts)
        joined = restore_text(joined)
        rows = self._find(joined)
        if not rows:
            return [None] * len(texts)
        *columns, rest = zip(*rows, strict=True)
        if rest[-1]:
            raise RefusedError
        cleaned = list(map(_clean_column, columns, self._kinds))
        return self._distribute(self._make_values(cleaned, len(rows)), texts)

    def _distribute(self, values: list[Any], texts: Column) -> list[Any]:
        """Return the values of each text, which are those of its elements."""
        if len(values) == len(texts) and "" not in texts:
            return values if self._is_single else [[each] for each in values]
        counts = [text.count(self._begin) for text in texts]
        most = max(counts)
        # The name of another element may begin alike.
        if most > (1 if self._is_single else _MAX_SAME) or sum(counts) != len(values):
            raise RefusedError
        if self._is_single:
            left = iter(values)
            return [next(left) if count else None for count in counts]
        ends = accumulate(counts)
        return [values[end - count : end] or None for count, end in zip(counts, ends, strict=True)]

    def _make_values(self, columns: Sequence[Column], count: int) -> list[Any]:
        """Return the value of each of the elements, given the columns of their groups."""
        if not any("" in column for column in columns):
            return list(self._get_plan((True,) * len(columns))(columns))
        places: dict[tuple[bool, ...], list[int]] = {}
        for at, found in enumerate(zip(*(map(bool, column) for column in columns), strict=True)):
            places.setdefault(found, []).append(at)
        values: list[Any] = [None] * count
        for found, chosen in places.items():
            part = [[column[at] for at in chosen] for column in columns]
            for at, value in zip(chosen, self._get_plan(found)(part), strict=True):
                values[at] = value
        return values

    def _get_plan(self, found: tuple[bool, ...]) -> Plan:
        """Return the plan for elements of which these groups are not empty."""
        plan = self._plans.get(found)
        if plan is None:
            if len(self._plans) >= _MAX_PLANS:
                raise RefusedError
            plan = self._plans[found] = self._build_plan(found)
        return plan

    def _build_plan(self, found: tuple[bool, ...]) -> Plan:
        groups = iter(enumerate(found))
        samples = [_build_sample(each, groups, is_marked=self._is_marked) for each in self._variants]
        values = self._read_faultless([node for nodes in samples for node in nodes])
        if values is None or list(values) != [self.key]:
            return _refuse
        value = values[self.key]
        if self._is_single:
            return _plan_value(value)
        return _plan_value(value[0]) if len(value) == 1 else _refuse


def _write_variants(variants: Sequence[ElementShape], *, is_marked: bool) -> tuple[str, list[int]]:
    """Return the pattern of an element of any of these shapes, and the kinds of its groups."""
    kinds: list[int] = []
    return "|".join([_write_element(each, kinds, is_marked=is_marked) for each in variants]), kinds


def _write_element(shape: ElementShape, kinds: list[int], *, is_marked: bool = False) -> str:
    """Return the pattern of an element, and add the kinds of its groups.

    ``is_marked`` says whether the first group is to be one that is empty only if the element is missing.
    """
    end = f"</{shape.name}>{SPACE}"
    if shape.is_repeated:
        kinds.append(_TEXTS)
        one = f"<{shape.name}>{_TEXT_PATTERN}{end}"
        return f"((?>(?:{one}){{1,{_MAX_SAME}}}))" + ("?" if shape.is_optional else "")
    begin = f"<{shape.name}"
    if is_marked or shape.is_optional:
        kinds.append(_MARK)
        begin = f"(<){shape.name}"
    for name, constant in shape.attributes:
        kinds += [_ATTRIBUTE] if constant is None else []
        begin += f'{_BLANK}{name}="{f"({_VALUE_PATTERN})" if constant is None else re.escape(constant)}"'
    if shape.children:
        inside = "".join(_write_element(each, kinds) for each in shape.children)
        whole = f"{begin}{SPACE}>{SPACE}{inside}{end}"
    elif shape.has_text:
        kinds.append(_TEXT)
        whole = f"{begin}{SPACE}>({_TEXT_PATTERN}){end}"
    else:
        whole = f"{begin}{SPACE}(?:/>{SPACE}|>{SPACE}{end})"
    return f"(?:{whole})?" if shape.is_optional else whole


def _clean_column(texts: Column, kind: int) -> Column:
    """Return the texts of a group of this kind as the XML parser would return them, trimmed."""
    if kind == _MARK:
        return texts
    trimmed = texts if kind == _TEXTS else tuple(map(str.strip, texts))
    together = "".join(trimmed)
    # The parser replaces line ends in attributes, which not every extension trims.
    if kind == _ATTRIBUTE and (trimmed != texts or any(each in together for each in "<\t\n")):
        raise RefusedError
    if "&" not in together or kind == _TEXTS:
        return trimmed
    if together.count("&") == together.count("&amp;"):
        return [text.replace("&amp;", "&") for text in trimmed]
    return [*map(unescape, trimmed)]


def _build_sample(
    shape: ElementShape, groups: Iterator[tuple[int, bool]], *, is_marked: bool = False
) -> Sequence[Node]:
    """Return an element with placeholders instead of texts: none if it is missing, two if it may be repeated.

    Args:
        shape: the shape of the element, or of one with more elements and texts.
        groups: the groups of the pattern of the shape in its order, and whether each is not empty.
        is_marked: as for the pattern.
    """
    if shape.is_repeated:
        at, is_there = next(groups)
        return [Node(shape.name, f"{_MANY}{at}")] * 2 if is_there else []
    is_there = next(groups)[1] if is_marked or shape.is_optional else True
    attributes: list[str] = []
    for name, constant in shape.attributes:
        attributes += name, _make_placeholder(*next(groups)) if constant is None else constant
    children = [node for each in shape.children for node in _build_sample(each, groups)]
    text = _make_placeholder(*next(groups)) if shape.has_text else ""
    return [Node(shape.name, text, attributes, children)] if is_there else []


def _make_placeholder(at: int, is_there: bool) -> str:
    return f"{_ONE}{at}" if is_there else ""


def _refuse(_: Sequence[Column]) -> Iterable[Any]:
    raise RefusedError


def _plan_value(value: Any) -> Plan:
    """Return the plan that makes such values; texts in ``value`` are placeholders."""
    if value and isinstance(value, dict):
        names, plans = tuple(value), [*map(_plan_value, value.values())]
        return lambda columns: _build_objects(names, [plan(columns) for plan in plans])
    if value and isinstance(value, list):
        if isinstance(value[0], str) and value[0][:1] == _MANY:
            return partial(_split_texts, int(value[0][1:]))
        plans = [*map(_plan_value, value)]
        return lambda columns: map(list, zip(*(plan(columns) for plan in plans), strict=True))
    if isinstance(value, str) and value[:1] == _ONE:
        at = int(value[1:])
        return lambda columns: columns[at]
    return lambda columns: [value] * len(columns[0])


def _split_texts(at: int, columns: Sequence[Column]) -> Iterable[Any]:
    """Return the texts of the elements that a group matched, for each of its matches."""
    texts = _clean_column(tuple(_find_texts("".join(columns[at]))), _TEXT)
    counts = [text.count("</") for text in columns[at]]
    return [list(texts[end - count : end]) for count, end in zip(counts, accumulate(counts), strict=True)]


def _join_values(columns: dict[str, list[Any]]) -> Extensions:
    """Return the extensions of each entry, given the values of each key; None is for a missing one."""
    if len(columns) == 1:
        ((key, values),) = columns.items()
        return [None if value is None else {key: value} for value in values]
    if not any(None in column for column in columns.values()):
        return _build_objects(tuple(columns), tuple(columns.values()))
    rows = zip(*columns.values(), strict=True)
    return [
        {key: value for key, value in zip(columns, row, strict=True) if value is not None} or None
        for row in rows
    ]


def _build_objects(names: Sequence[str], columns: Sequence[Iterable[Any]]) -> list[dict[str, Any]]:
    """Return an object for each row; few names are written out, which takes half of the time."""
    rows = zip(*columns, strict=True)
    if len(names) == 1:
        (one,) = names
        return [{one: value} for (value,) in rows]
    if len(names) == 2:
        one, two = names
        return [{one: first, two: second} for first, second in rows]
    return [dict(zip(names, row, strict=True)) for row in rows]
