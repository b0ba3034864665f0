"""Reads runs of usual items of RSS and Atom feeds by one pattern, without XML events.

It takes an item only if the pattern matches it completely: one link to a page with a plain URL, at most
one date, and elements that say nothing about pages, such as titles, descriptions and authors. Everything
else goes to the XML parser, which decides alone. So both always agree.
"""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from sitemap_cli.parse.fast.plain_entries import MAX_URL, SPACE, URL, W3C_DATE
from sitemap_cli.parse.fast.simple_markup import USUAL_REFERENCE
from sitemap_cli.patterns import repeat_possessively

TakeItems = Callable[[Sequence[str], Sequence[str], Sequence[int]], None]
"""Takes items in document order, as columns: link, date or "", line."""

MAX_ITEM = 50_000
"""Bytes of an item; longer ones count against limits that only the XML parser knows."""
_MAX_ELEMENTS = 200
"""Elements of an item, for the same reason."""

# Neither characters that XML does not allow, nor those that stand for what cannot be read.
_CONTROL = r"\0-\x08\x0b\x0c\x0e-\x1f"
_HIGH = r"\xef(?!\xbf[\xbd-\xbf])"
_BRACKET = r"\](?!\]>)"
_IN_SECTION = repeat_possessively(rf"[^\]\xef{_CONTROL}]++|{_BRACKET}|{_HIGH}")
_SECTION = rf"<!\[CDATA\[{_IN_SECTION}\]\]>"
_CONTENT = repeat_possessively(rf"[^\]<&\xef{_CONTROL}]++|{_BRACKET}|{_HIGH}|&{USUAL_REFERENCE}|{_SECTION}")
_BLANK = "[ \t\r\n]"
_VALUE = repeat_possessively(rf"[^\"<>&\xef{_CONTROL}]++|{_HIGH}|&{USUAL_REFERENCE}")
# Elements that may be a link, a date or a record, in any namespace.
_DECISIVE = (
    "link|guid|loc|pubdate|date|updated|modified|published|issued|created|item|entry|generator|url|sitemap"
)
_LOCAL = rf"(?!(?i:{_DECISIVE})[^A-Za-z0-9_-])[A-Za-z][A-Za-z0-9_-]*+"
# A section with the end of an item in it lacks its own.
_BORDER = re.compile(r"</(?:[\w.-]+:)?(?:url|sitemap|item|entry)", re.IGNORECASE)
_URL_IN_QUOTES = URL.replace("[!-%", "[!#-%")
_SPACE = re.compile(SPACE)
_PERSON = repeat_possessively(rf"<name>{_CONTENT}</name>{SPACE}|<uri>{_CONTENT}</uri>{SPACE}")


def _write_attribute(name: str, value: str = _VALUE) -> str:
    return rf"{_BLANK}++{name}=\"{value}\""


def _write_links(rel: str, url: str) -> str:
    """Return the pattern of a link of Atom with this relation and URL, in each usual order of attributes."""
    relation, href = _write_attribute("rel", rel), _write_attribute("href", url)
    details = "".join(f"(?:{_write_attribute(each)})?" for each in ("type", "hreflang", "title"))
    is_page = "?" if rel == "alternate" else ""
    before = f"(?:{relation}){is_page}{details}{href}"
    after = f"{href}(?:{relation}){is_page}{details}"
    return f"<link(?:{before}|{after}|{relation}{href}{details}){SPACE}/>"


@dataclass(frozen=True, slots=True)
class ItemForm:
    """The form of the items of a kind of feed.

    ``link`` and ``date`` are patterns of elements, each with a group; ``others`` are the names of elements
    that say nothing about pages, ``extra`` is a pattern of more of them. ``needs_date`` is True if an item
    without that date may have another one. ``parents`` are the patterns of the tags around items.
    """

    name: str
    link: str
    date: str
    others: str
    parents: tuple[str, ...]
    extra: str = "(?!)"
    needs_date: bool = False


RSS = ItemForm(
    name="item",
    link=rf"<link>{SPACE}({URL}){SPACE}</link>",
    date=rf"<pubDate>{SPACE}([A-Za-z0-9][A-Za-z0-9,:+ -]{{4,58}}[A-Za-z0-9]){SPACE}</pubDate>",
    others="title|description|author|category|comments|guid|enclosure",
    parents=("<rss(?=[ >])", "<channel *>"),
)
ATOM = ItemForm(
    name="entry",
    link=_write_links("alternate", f"({_URL_IN_QUOTES})"),
    date=rf"<updated>{SPACE}({W3C_DATE}){SPACE}</updated>",
    others="id|title|summary|content|category|rights|published",
    parents=("<feed(?=[ >])",),
    extra=rf"{_write_links('(?!alternate)[a-z]++', _VALUE)}|<author>{SPACE}{_PERSON}</author>",
    needs_date=True,
)


class UsualItems(NamedTuple):
    """The form of the items of a document, and what takes them."""

    form: ItemForm
    take: TakeItems


class FeedItems:
    """The items of one document.

    Args:
        form: the form of its items.
        parents: the tags around the first of them.
        prefixes: the prefixes that the first of these declares.
    """

    __slots__ = ("_find", "_form", "_parents")

    def __init__(self, form: ItemForm, parents: Sequence[bytes], prefixes: Collection[str]) -> None:
        self._form = form
        is_usual = len(parents) == len(form.parents) and all(
            re.match(pattern.encode(), tag) for pattern, tag in zip(form.parents, parents, strict=True)
        )
        self._parents = parents if is_usual else None
        self._find = _compile(form, "|".join(sorted(prefixes))).finditer

    def has_parents(self, tags: Sequence[bytes]) -> bool:
        """Return whether the open elements are the usual parents of items."""
        return tags == self._parents

    def take_items(self, text: str, at: int, line: int, take: TakeItems) -> tuple[int, int]:
        """Take whole items; return where the first one begins that does not match, and its line.

        Args:
            text: a piece as :func:`~sitemap_cli.parse.fast.plain_entries.decode_piece` returns it.
            at: a position between two items.
            line: the line of that position.
            take: takes the items.
        """
        begin = _SPACE.match(text, at).end()  # type: ignore[union-attr]
        line += text.count("\n", at, begin)
        at = begin
        rows: list[tuple[str, str, int]] = []
        for found in self._find(text, at):
            *links, date, _, _ = found.groups()
            link = next(filter(None, links), "")
            if not link or not self._is_usual(found, link, date):
                break
            rows.append((link.replace("&amp;", "&"), date or "", line))
            line += text.count("\n", at, found.end())
            at = found.end()
        if rows:
            take(*zip(*rows, strict=True))
        return at, line

    def _is_usual(self, found: re.Match[str], link: str, date: str | None) -> bool:
        """Return whether an item that matches is certainly read like this by the XML parser, too."""
        if (
            len(link) > MAX_URL
            or found.end() - found.start() > MAX_ITEM
            or (self._form.needs_date and not date)
        ):
            return False
        text, begin = found.string, found.start()
        if text.find("<![", begin, found.end()) < 0:
            return True
        return not _BORDER.search(text, begin, text.rfind("</", begin, found.end()))


@lru_cache(maxsize=64)
def _compile(form: ItemForm, prefixes: str) -> re.Pattern[str]:
    """Return the pattern of an item, or of another character, without groups.

    Its groups are those of the link, the date, and the last name of an element and of an attribute.
    """
    links = re.compile(form.link).groups
    date, name, attribute = range(links + 1, links + 4)
    names = f"({form.others}|(?:{prefixes}):{_LOCAL})" if prefixes else f"({form.others})"
    # No attribute has a prefix, and none is there twice.
    repeated = rf"[^<>]*{_BLANK}\{attribute}{_BLANK}*="
    attributes = repeat_possessively(rf"{_BLANK}++(?!xmlns)([A-Za-z]++)=\"{_VALUE}\"(?!{repeated})")
    other = rf"<{names}{attributes}{SPACE}(?:/>|>{_CONTENT}</\{name}{SPACE}>){SPACE}"
    # A second link or date makes the whole item a case for the parser.
    is_first = "".join(f"(?({group})(?!))" for group in range(1, links + 1))
    once = rf"{is_first}{form.link}{SPACE}|(?({date})(?!)){form.date}{SPACE}"
    elements = rf"(?>(?:{once}|{other}|(?:{form.extra}){SPACE}){{1,{_MAX_ELEMENTS}}})"
    return re.compile(rf"<{form.name}>{SPACE}{elements}</{form.name}>{SPACE}|[\0-\xff]")
