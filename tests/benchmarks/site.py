"""The work M: one site with an index and many large sitemaps, the same bytes for the same address."""

import csv
import gzip
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INDEX = "sitemap.xml"
AT_A_TIME = 1000
WORDS = (
    *("oak", "beech", "walnut", "stool", "bench", "chair", "table", "lamp"),
    *("shelf", "linen", "brass", "round", "low", "wide", "grey", "blue"),
)
FREQUENCIES = ("daily", "weekly", "monthly", "yearly")
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<{} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'

Row = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Work:
    """A site of ``urls`` addresses in ``files`` sitemaps, below ``base`` (no slash at the end)."""

    base: str
    urls: int
    files: int
    gzipped: bool

    def names(self) -> list[str]:
        """The file names of the sitemaps, in the order of the index."""
        ending = ".xml.gz" if self.gzipped else ".xml"
        return [f"sitemap-{number:03}{ending}" for number in range(1, self.files + 1)]

    def rows(self, number: int) -> Iterator[Row]:
        """What sitemap ``number`` (from 1) lists: loc, lastmod, changefreq, priority."""
        chance = random.Random(number)
        share, rest = divmod(self.urls, self.files)
        for position in range(share + (number <= rest)):
            name = "-".join(chance.choices(WORDS, k=4))
            loc = f"{self.base}/shop/{number:03}/{name}-{chance.getrandbits(32):08x}{position:06}"
            day = f"2026-{chance.randrange(1, 11):02}-{chance.randrange(1, 29):02}"
            time = f"{chance.randrange(24):02}:{chance.randrange(60):02}:00+00:00"
            yield loc, f"{day}T{time}", chance.choice(FREQUENCIES), f"0.{chance.randrange(1, 10)}"


def make(work: Work, folder: Path) -> None:
    """Write the site to a folder that exists."""
    (folder / "robots.txt").write_text(f"User-agent: *\nAllow: /\n\nSitemap: {work.base}/{INDEX}\n")
    (folder / "index.html").write_text("<!doctype html><title>M</title><p>A large site.")
    children = "".join(f"  <sitemap><loc>{work.base}/{name}</loc></sitemap>\n" for name in work.names())
    (folder / INDEX).write_text(f"{HEAD.format('sitemapindex')}{children}</sitemapindex>\n")
    for number, name in enumerate(work.names(), 1):
        _write(folder / name, _document(work.rows(number)))


def change(work: Work, folder: Path, *, count: int) -> None:
    """Put ``count`` other addresses in the place of the first ones of the first sitemap."""
    rows = work.rows(1)
    changed: Iterator[Row] = ((f"{row[0]}-new", *row[1:]) for row in itertools.islice(rows, count))
    _write(folder / work.names()[0], _document(itertools.chain(changed, rows)))


def change_all(work: Work, folder: Path) -> None:
    """Put another address in the place of each one, in all sitemaps."""
    for number, name in enumerate(work.names(), 1):
        changed = ((f"{row[0]}-other", *row[1:]) for row in work.rows(number))
        _write(folder / name, _document(changed))


def write_csv(work: Work, file: Path) -> None:
    """Write the rows of all sitemaps to one CSV file without a header."""
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for number in range(1, work.files + 1):
            writer.writerows(work.rows(number))


def _document(rows: Iterator[Row]) -> Iterator[bytes]:
    yield HEAD.format("urlset").encode()
    entries = map(_entry, rows)
    while part := "".join(itertools.islice(entries, AT_A_TIME)):
        yield part.encode()
    yield b"</urlset>\n"


def _entry(row: Row) -> str:
    loc, lastmod, changefreq, priority = row
    return (
        f" <url>\n  <loc>{loc}</loc>\n  <lastmod>{lastmod}</lastmod>\n"
        f"  <changefreq>{changefreq}</changefreq>\n  <priority>{priority}</priority>\n </url>\n"
    )


def _write(file: Path, parts: Iterator[bytes]) -> None:
    with file.open("wb") as plain:
        if file.suffix != ".gz":
            plain.writelines(parts)
            return
        with gzip.GzipFile("", "wb", compresslevel=6, fileobj=plain, mtime=0) as packed:
            for part in parts:
                packed.write(part)
