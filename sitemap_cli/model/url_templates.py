"""The structure of a site: its sections, and within each the templates that its URLs follow.

``/shop/oak-chair-4711`` and ``/shop/lamp-12`` follow ``/shop/{slug}-{number}``. A segment of a path becomes
what it looks like (a number, a date, an id), if several values are met at its place. Names of folders stay
unless too many of them differ. Groups are split from the largest down, to a limit, so the result fits a page.
"""

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from sitemap_cli.model.section_results import SectionResult
from sitemap_cli.model.site_report import UrlGroup, UrlStructure
from sitemap_cli.model.site_sections import SectionCounter, find_beginning, find_section
from sitemap_cli.model.text_columns import SEPARATOR

MAX_DEPTH = 4
"""Levels of groups below a section."""
MAX_GROUPS = 60
"""Groups at one place; the smallest become :data:`OTHER_GROUPS`."""
MAX_ALL = 1_500
"""Groups in all."""
MAX_EXAMPLE = 500
"""Characters of a URL that is an example."""
MAX_NAME = 60
"""Characters of the name of a segment."""
OTHER_GROUPS = "(others)"
ITSELF = "(the folder itself)"

FEW = 12
"""Names at one place that stay names, however few URLs they have."""
FEW_VALUES = 3
"""Values of a kind, such as numbers, that stay as they are."""
LEAST_SHARE, LEAST_URLS = 0.01, 5
"""Of more than a few names, those with this share of the URLs, and this many of them, stay."""

_HOST = re.compile(r"[^:/?#]*://[^/?#]*")
# Of each of some texts: they are searched as one.
_SEGMENTS = re.compile(rf"([^/?#{SEPARATOR}]*+)(/?)(\?[^#{SEPARATOR}]*+)?[^{SEPARATOR}]*+{SEPARATOR}")
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}\Z")
_PARAMETER = re.compile(r"(?:^\?|&)([^=&]{1,40})")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[_-][A-Za-z]{2})?")
_DIGIT = re.compile("[0-9]")
_DAY = re.compile(
    r"(?:19|20)\d\d(?:([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])|[-_.](?:0[1-9]|1[0-2]))"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{12,}", re.IGNORECASE)
_PREFIXED = re.compile(r"([A-Za-z]{1,12}[-_.]?)[0-9]{2,}")
_ENDING_ID = re.compile(r"([-_.])(?:([0-9]{3,})|([0-9a-f]{8,}))\Z", re.IGNORECASE)
_BEGINNING_ID = re.compile(r"[0-9]{2,}([-_.])")
SLUG, LANGUAGE, ID, NUMBER = "{slug}", "{language}", "{id}", "{number}"


_Segment = tuple[str, str, str]
"""A segment, the slash behind it, and the query behind that, with its question mark."""
_Name = tuple[str, str, str]
"""The same with the names of the parameters only."""


class _Key(NamedTuple):
    """What a segment is generalized to: a template, unless it is a name, and its ending and parameters."""

    text: str
    ending: str
    query: str
    is_named: bool


@dataclass(slots=True, order=True)
class _Group:
    """URLs with the same beginning, and where the rest of each begins."""

    rank: int
    name: str
    depth: int = field(compare=False)
    locs: list[str] = field(compare=False)
    starts: list[int] = field(compare=False)
    is_folder: bool = field(default=True, compare=False)
    count: int = field(default=0, compare=False)
    example: str | None = field(default=None, compare=False)
    previous: int | None = field(default=None, compare=False)
    groups: "list[_Group]" = field(default_factory=list, compare=False)

    @property
    def can_split(self) -> bool:
        return self.is_folder and self.depth < MAX_DEPTH and len(self.locs) > 1


def build_structure(
    locs: Sequence[str], total: int, sections: Sequence[SectionResult] | None = None
) -> UrlStructure:
    """Return the URLs of a site by section and template.

    Args:
        locs: all URLs, or a sample of them.
        total: the number of all URLs.
        sections: the exact numbers of URLs by section; without them, they are those of the sample, scaled.
    """
    if sections is None:
        sections = _count_sections(locs, total)
    groups = _divide(locs, sections)
    _split_largest(groups)
    return UrlStructure(
        urls=total, examined=min(len(locs), total), sections=[_build(each) for each in groups]
    )


def _count_sections(locs: Sequence[str], total: int) -> list[SectionResult]:
    counter = SectionCounter()
    if locs:
        counter.add_urls(locs, min(locs), max(locs))
    counts = counter.build_counts()
    scaled = apportion(total, list(counts.values()))
    return [
        SectionResult(name or None, None, count) for name, count in zip(counts, scaled, strict=True) if count
    ]


def _divide(locs: Sequence[str], sections: Sequence[SectionResult]) -> list[_Group]:
    """Return a group for each section, with its URLs; the section without a name has those of all others."""
    groups = {
        each.prefix: _Group(
            0,
            OTHER_GROUPS if each.prefix is None else each.prefix,
            0,
            [],
            [],
            is_folder=each.prefix is not None,
            count=each.to,
            previous=each.from_,
        )
        for each in sections
        if each.to or each.from_
    }
    others = groups.get(None)
    group, start, beginning = None, 0, SEPARATOR
    for loc in locs:
        # Most URLs are in the section of the one before them.
        if not loc.startswith(beginning) or loc == beginning:
            section = find_section(loc)
            group = groups.get(section, others)
            host = _HOST.match(loc)
            start = (host.end() if host else 0) + len(section)
            beginning = find_beginning(loc) or SEPARATOR
        if group is not None:
            group.locs.append(loc)
            group.starts.append(start)
    for group in groups.values():
        group.rank = -group.count
        group.example = _find_example(group.locs)
    return sorted(groups.values(), key=lambda each: (each.name == OTHER_GROUPS, each))


def _split_largest(groups: Sequence[_Group]) -> None:
    """Split groups from the largest down, until there are as many as fit."""
    waiting, room = list(groups), MAX_ALL - len(groups)
    heapq.heapify(waiting)
    while waiting and room > 1:
        group = heapq.heappop(waiting)
        if not group.can_split:
            continue
        group.groups = _split(group, min(MAX_GROUPS, room))
        room -= len(group.groups)
        for each in group.groups:
            heapq.heappush(waiting, each)
    for group in _walk(groups):
        group.locs, group.starts = [], []


def _walk(groups: Iterable[_Group]) -> Iterator[_Group]:
    for group in groups:
        yield group
        yield from _walk(group.groups)


def _split(group: _Group, most: int) -> list[_Group]:
    """Return the groups within a group; folders that are alone in theirs are skipped."""
    found = _name_groups(group)
    while len(found) == 1 and found[0].is_folder:
        found = _name_groups(found[0])
    found.sort(key=lambda each: (-len(each.locs), each.name))
    if len(found) > most:
        rest = _Group(0, OTHER_GROUPS, group.depth + 1, [], [], is_folder=False)
        for each in found[most - 1 :]:
            rest.locs += each.locs
        found = [*found[: most - 1], rest]
    for each, count in zip(found, apportion(group.count, [len(each.locs) for each in found]), strict=True):
        each.depth, each.count, each.rank, each.example = (
            group.depth + 1,
            count,
            -count,
            _find_example(each.locs),
        )
    return [each for each in found if each.count]


def _name_groups(group: _Group) -> list[_Group]:
    """Return the URLs of a group by the name of their next segment."""
    segments = _list_segments(group)
    names = _choose_names(Counter(segments))
    groups = dict[str, _Group]()
    for loc, start, segment in zip(group.locs, group.starts, segments, strict=True):
        name = names[segment]
        below = groups.get(name)
        if below is None:
            is_folder = segment[1] == "/"
            below = groups[name] = _Group(0, _join(group.name, name), group.depth, [], [], is_folder)
        below.locs.append(loc)
        below.starts.append(start + len(segment[0]) + len(segment[1]))
    return list(groups.values())


def _list_segments(group: _Group) -> list[_Segment]:
    """Return the next segment of each URL of a group."""
    pairs = zip(group.locs, group.starts, strict=True)
    rests = [loc[start:].replace(SEPARATOR, " ") for loc, start in pairs]
    return cast("list[_Segment]", _SEGMENTS.findall(f"{SEPARATOR.join(rests)}{SEPARATOR}"))


def _join(above: str, name: str) -> str:
    return f"{above} {name}" if name == ITSELF else f"{above}{name}"


def _name_parameters(query: str) -> str:
    """Return the names of the parameters of a query, without their values."""
    names = list(dict.fromkeys(_PARAMETER.findall(query)))[:3]
    return f"?{'&'.join(sorted(names))}" if names else ""


def _choose_names(counts: Mapping[_Segment, int]) -> dict[_Segment, str]:
    """Return the names of segments, given the numbers of their URLs."""
    keys = {each: _generalize(each) for each in counts}
    if merged := _merge_kinds(keys.values()):
        keys = {each: merged.get(key, key) for each, key in keys.items()}
    values = defaultdict[_Key, set[str]](set)
    for (text, _, _), key in keys.items():
        if not key.is_named and len(values[key]) <= FEW_VALUES:
            values[key].add(text)
    templates = {key for key, texts in values.items() if len(texts) > FEW_VALUES}
    named = Counter[_Name]()
    for each, key in keys.items():
        if key not in templates:
            named[each[0], each[1], key.query] += counts[each]
    kept = _choose_kept(named, sum(counts.values()))
    languages = {text for text, slash, _ in named if slash and _LANGUAGE.fullmatch(text)}
    spoken = languages if len(languages) > FEW_VALUES else set[str]()
    return {
        each: f"{key.text}{key.ending}{each[1]}{key.query}"
        if key in templates
        else _format_name((each[0], each[1], key.query), key, kept, spoken)
        for each, key in keys.items()
    }


def _merge_kinds(keys: Iterable[_Key]) -> dict[_Key, _Key]:
    """Return keys to replace: an id that happens to have no letter is no number beside other ids."""
    found = Counter(keys)
    texts = Counter[str]()
    for key, count in found.items():
        if not key.is_named:
            texts[key.text] += count
    merged = dict[str, str]()
    for text in (each for each in texts if each.endswith(NUMBER)):
        other = "{hash}" if text == NUMBER else f"{text.removesuffix(NUMBER)}{ID}"
        if texts[other] > texts[text]:
            merged[text] = other
    return {key: key._replace(text=merged[key.text]) for key in found if key.text in merged}


def _choose_kept(named: Mapping[_Name, int], urls: int) -> frozenset[_Name]:
    """Return the names that stay: all of a few, else those with many URLs."""
    if len(named) <= FEW:
        return frozenset(named)
    least = max(LEAST_URLS, urls * LEAST_SHARE)
    kept = {each for each, count in named.items() if count >= least}
    return frozenset(named if len(named) - len(kept) <= FEW_VALUES else kept)


def _format_name(name: _Name, key: _Key, kept: Container[_Name], spoken: Container[str]) -> str:
    text, slash, query = name
    if not text:
        return f"{slash}{query}" or ITSELF
    if slash and text in spoken:
        text = LANGUAGE
    elif name not in kept:
        text = f"{SLUG if key.is_named else key.text}{key.ending}"
    elif len(text) > MAX_NAME:
        text = f"{text[: MAX_NAME - 1]}…"
    return f"{text}{slash}{query}"


def _generalize(segment: _Segment) -> _Key:
    """Return what a segment looks like, apart from the ending of a file name."""
    text, _, query = segment
    ending = ""
    if "." in text:
        text, ending = _split_name(text)
    if query:
        query = _name_parameters(query)
    template = None if _DIGIT.search(text) is None else _find_template(text)
    if template is None:
        # The text of a name does not matter, only that of a template.
        return _Key("", ending, query, is_named=True)
    return _Key(template, ending, query, is_named=False)


def _split_name(segment: str) -> tuple[str, str]:
    """Return a segment without the ending of a file name, and the ending."""
    found = _EXTENSION.search(segment)
    if found is None or not found.start():
        return segment, ""
    return segment[: found.start()], found[0]


def _find_template(text: str) -> str | None:
    """Return the template of a text with digits; None if it is a name."""
    if text.isdigit():
        return "{year}" if _YEAR.fullmatch(text) else "{date}" if _DAY.fullmatch(text) else "{number}"
    if text.startswith(("19", "20")) and _DAY.fullmatch(text):
        return "{date}"
    if (found := _ENDING_ID.search(text)) is not None and not (len(text) == 36 and _UUID.fullmatch(text)):
        before = text[: found.start()]
        if before and not before.isdigit():
            name = before if before.isalpha() and found[2] else SLUG
            return f"{name}{found[1]}{'{number}' if found[2] else ID}"
    if (found := _PREFIXED.fullmatch(text)) is not None:
        return f"{found[1]}{{number}}"
    if _HASH.fullmatch(text):
        return "{hash}"
    if _UUID.fullmatch(text):
        return "{uuid}"
    if (found := _BEGINNING_ID.match(text)) is not None:
        return f"{{number}}{found[1]}{SLUG}"
    return None


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Return whole numbers in proportion to weights, which add up to a total; to 0 without any weight."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [divmod(total * each, whole) for each in weights]
    numbers = [share for share, _ in shares]
    largest = sorted(range(len(weights)), key=lambda at: (-shares[at][1], at))
    for at in largest[: total - sum(numbers)]:
        numbers[at] += 1
    return numbers


def _find_example(locs: Sequence[str]) -> str | None:
    return next((each for each in locs[:FEW] if len(each) <= MAX_EXAMPLE), None)


def _build(group: _Group) -> UrlGroup:
    below = sorted(group.groups, key=lambda each: (each.name == OTHER_GROUPS, each))
    return UrlGroup(group.name, group.count, group.previous, group.example, [_build(each) for each in below])
