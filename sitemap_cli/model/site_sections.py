"""Sections of a site: its URLs counted by the first segment of their path.

A section is the path of a folder: ``/products/`` has ``/products/lamp`` and ``/products/lamps/oak``. The code
of a language before it belongs to it: ``/de/products/``. A URL in no folder belongs to ``/``, or to ``/de/``,
with or without a slash at its end. Hosts do not matter, and what follows a question mark is no path.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from sitemap_cli.urls import LINE_END, join_urls

OTHERS = ""
"""The key of the URLs of all sections that are not counted on their own."""
MAX_SECTIONS = 100
"""Sections that are kept of a document or a job, those with the most URLs."""
MAX_COUNTED = 10_000
"""Sections that are counted at the same time; a site can have one for each URL."""
MAX_LENGTH = 100
"""Characters of the name of a folder that is counted."""

_HOST = rf"{LINE_END}[^:/?#{LINE_END}]*+://[^/?#{LINE_END}]*+"
_LANGUAGE = "[a-z]{2}(?:[_-][A-Za-z]{2})?/"
_FOLDER = rf"[^/?#{LINE_END}]{{1,{MAX_LENGTH}}}+/(?=[^{LINE_END}])"
_PATH = rf"(/(?:{_LANGUAGE})?(?:{_FOLDER})?)"
_SECTION = re.compile(f"{_HOST}{_PATH}?")
_HOST_AT_BEGIN = re.compile(_HOST.removeprefix(LINE_END))
_ORIGIN = re.compile(rf"[^:/?#{LINE_END}]*+://[^/?#{LINE_END}]*+(?=/)")
# Whatever follows such a beginning of a URL, the URL is in that section.
_BEGINNING = re.compile(rf"{_HOST}(/(?:{_LANGUAGE})?(?!{_LANGUAGE}){_FOLDER})")


class SectionCounter:
    """Counts URLs by their sections, in bounded memory.

    If there are too many sections, those with the fewest URLs so far become :data:`OTHERS`. So a section can
    have more URLs than counted: at most as many more as the others have.
    """

    def __init__(self) -> None:
        self._counts = Counter[str]()
        self._others = 0

    def add_urls(self, locs: Sequence[str], first: str, last: str, joined: str | None = None) -> None:
        """Count some URLs, of which two are the first and the last in alphabetical order.

        ``joined`` is what :func:`~sitemap_cli.urls.join_urls` makes of them.
        """
        beginnings = {_match_beginning(each) for each in (first, last)}
        if len(beginnings) == 1 and (section := beginnings.pop()[1]):
            self._counts[section] += len(locs)
            return
        text = join_urls(locs) if joined is None else joined
        origin = _ORIGIN.match(first)
        if origin and last.startswith(f"{origin[0]}/") and self._counts:
            self._count_besides(self._counts.most_common(1)[0][0], origin[0], text, len(locs))
        else:
            found = Counter(_SECTION.findall(text))
            without_host = len(locs) - found.total()
            found["/"] += found.pop("", 0) + without_host
            self._counts.update(found)
        self._limit(MAX_COUNTED, MAX_COUNTED // 2)

    def _count_besides(self, most: str, origin: str, text: str, size: int) -> None:
        """Count URLs of one origin; those of the section with the most URLs are what the others leave."""
        is_folder = _BEGINNING.match(f"{LINE_END}{origin}{most}x")
        known = f"(?!{re.escape(most)}[^{LINE_END}])" if is_folder else ""
        found = re.findall(f"{LINE_END}{re.escape(origin)}{known}{_PATH}", text)
        self._counts.update(found)
        self._counts[most] += max(0, size - len(found))

    def add_counts(self, counts: Mapping[str, int]) -> None:
        """Add the counts of a document."""
        self._counts.update(counts)
        self._others += self._counts.pop(OTHERS, 0)
        self._limit(MAX_COUNTED, MAX_COUNTED // 2)

    def build_counts(self) -> dict[str, int]:
        """Return the numbers of URLs by section, those with the most URLs first, and then the others."""
        self._limit(MAX_SECTIONS, MAX_SECTIONS)
        ranked = {section: count for section, count in _rank(self._counts) if count}
        return {**ranked, OTHERS: self._others} if self._others else ranked

    def _limit(self, most: int, kept: int) -> None:
        if len(self._counts) > most:
            total = self._counts.total()
            self._counts = Counter(dict(_rank(self._counts)[:kept]))
            self._others += total - self._counts.total()


def name_section(section: str) -> str:
    """Return what a section is called in a message; a slash alone would be the home page."""
    return "/ (top level)" if section == "/" else section


def find_section(loc: str) -> str:
    """Return the section of a URL."""
    found = _SECTION.match(f"{LINE_END}{loc}{LINE_END}")
    return (found[1] if found else None) or "/"


def find_beginning(loc: str) -> str:
    """Return the beginning of a URL with which all longer ones are in its section; empty if none decides."""
    return _match_beginning(loc)[0].removeprefix(LINE_END)


def move_url(loc: str, section: str, target: str) -> tuple[str, ...]:
    """Return what a URL of a section may be in another one: with the same folders below it, or without."""
    host = _HOST_AT_BEGIN.match(loc)
    origin = host[0] if host else ""
    rest = loc[len(origin) :].removeprefix(section)
    name = rest.rstrip("/").rpartition("/")[2] + "/" * rest.endswith("/")
    return f"{origin}{target}{rest}", f"{origin}{target}{name}"


def _match_beginning(loc: str) -> tuple[str, str]:
    """Return the beginning of a URL that decides about its section, and the section; empty if none does."""
    found = _BEGINNING.match(f"{LINE_END}{loc}")
    return (found[0], found[1]) if found else ("", "")


def _rank(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))
