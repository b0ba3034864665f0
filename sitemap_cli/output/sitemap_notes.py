"""What an export as sitemaps had to change or leave out, as notes for the user."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sitemap_cli.urls import canonical_url, textual_origin

MOST_IMAGES = 1_000
"""https://developers.google.com/search/docs/crawling-indexing/sitemaps/image-sitemaps"""
_MOST_ORIGINS = 1_000
_NAMED = 3
_JOINT = "\n"

REWRITTEN = {
    "loc": ("URL", "percent-encoded, as the protocol demands"),
    "lastmod": ("lastmod value", "rewritten as the date or time that it means"),
    "changefreq": ("changefreq value", "rewritten in lower case"),
    "priority": ("priority value", "rewritten with a decimal point"),
}
LEFT_OUT = {
    "loc": ("URL", "left out, too long or too short for a sitemap or without a valid host"),
    "repeated": ("repeated URL", "left out: each is listed once, where it came first"),
    "lastmod": ("invalid lastmod value", "left out"),
    "changefreq": ("invalid changefreq value", "left out"),
    "priority": ("invalid priority value", "left out"),
    "extension": ("extension field", "left out, not possible in XML"),
    "large": ("URL", "left out with an entry that is larger than a sitemap may be"),
    "character": ("character", "left out, not possible in XML"),
}


@dataclass(slots=True)
class SitemapNotes:
    """Counts of what was rewritten or left out, by field, and of URLs by scheme and host.

    ``removed`` is the number of files of an earlier export that were removed from the folder, ``kept`` are
    the names of those that look like sitemaps of this one, but were written by something else.
    ``folder`` is the URL of the folder of the sitemaps; without it, the root of the first URL counts.
    ``above`` is the number of URLs on its host that do not lie below it.
    """

    folder: str = ""
    above: int = 0
    rewritten: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    foreign: Counter[str] = field(default_factory=Counter)
    many_images: int = 0
    removed: int = 0
    kept: list[str] = field(default_factory=list)

    def count_origins(self, locs: Sequence[str]) -> None:
        """Count the URLs that are not below the folder of the sitemaps."""
        self.folder = self.folder or textual_origin(locs[0])
        joined = f"{_JOINT}{_JOINT.join(locs)}"
        if joined.count(f"{_JOINT}{self.folder}") == len(locs):
            return
        home = textual_origin(self.folder)
        for loc in locs:
            origin = _find_origin("/".join(loc.split("/", 3)[:3]))
            if origin == home:
                self.above += not canonical_url(loc).startswith(canonical_url(self.folder))
                continue
            is_known = origin in self.foreign or len(self.foreign) < _MOST_ORIGINS
            self.foreign[origin if is_known else ""] += 1

    def list_texts(self) -> list[str]:
        """Return a sentence for each kind of change."""
        return [*self._describe_changes(), *self._describe_origins(), *self._describe_files()]

    def _describe_changes(self) -> Iterator[str]:
        for kinds, counts in ((REWRITTEN, self.rewritten), (LEFT_OUT, self.left_out)):
            for name, (noun, what) in kinds.items():
                if count := counts[name]:
                    yield f"{count_noun(count, noun)} {what}"
        if self.many_images:
            urls = count_noun(self.many_images, "URL")
            yield f"{urls} with more images than the {MOST_IMAGES:,} that Google reads"

    def _describe_origins(self) -> Iterator[str]:
        if self.above:
            why = "a search engine accepts them only if robots.txt names these sitemaps"
            yield f"{count_noun(self.above, 'URL')} not below {self.folder}: {why}"
        if not self.foreign:
            return
        others = [name for name, _ in self.foreign.most_common() if name]
        named = ", ".join(name.rstrip("/") for name in others[:_NAMED])
        more = f" and {len(others) - _NAMED:,} more" if len(others) > _NAMED else ""
        where = f"not below {textual_origin(self.folder)}, but at {named}{more}"
        why = "a search engine accepts them only if the robots.txt there names these sitemaps"
        yield f"{count_noun(self.foreign.total(), 'URL')} {where}: {why}"

    def _describe_files(self) -> Iterator[str]:
        if self.removed:
            yield f"{count_noun(self.removed, 'file')} of an earlier export removed"
        if self.kept:
            names = ", ".join(self.kept[:_NAMED])
            more = f" and {len(self.kept) - _NAMED:,} more" if len(self.kept) > _NAMED else ""
            yield f"{names}{more} in the folder: kept, because no export wrote it, but not listed"


def count_noun(number: int, noun: str) -> str:
    """Return a number with a noun."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


@lru_cache(maxsize=1_000)
def _find_origin(begin: str) -> str:
    return textual_origin(begin)
