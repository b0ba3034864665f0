"""What a database grows by in a night, as a multiple of what changed: every night is really analyzed."""

import random
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.benchmarks.measure import run
from tests.messages import Answer, Hit
from tests.web import XMLNS, Site, index

NIGHTS = 30
SITEMAPS, URLS = 100, 1_000
CHANGED = SITEMAPS * URLS // 100
COLUMNS = "{:<34}{:>14}{:>14}{:>14}{:>14}{:>14}{:>10}{:>10}"
FULL = 3
"""Nights after which a database has all the copies of a site that it keeps in full."""
Change = Callable[[random.Random], list[int]]
"""Chooses the entries that change in a night, by their number."""


@dataclass(eq=False)
class ChangingSite:
    """A site whose entries change: every second one gets a new lastmod, the others another URL."""

    server: Site
    entries: list[str] = field(default_factory=list)
    bodies: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entries = [self._make_entry(number, 0) for number in range(SITEMAPS * URLS)]
        self.server.routes["*"] = self.answer
        self.build(range(SITEMAPS))

    def change(self, numbers: list[int], night: int) -> tuple[int, int]:
        """Change some entries; return the bytes of these, and of the sitemaps that they are in."""
        for number in numbers:
            self.entries[number] = self._make_entry(number, night)
        sitemaps = {number // URLS for number in numbers}
        self.build(sitemaps)
        changed = sum(len(self.entries[number]) for number in numbers)
        return changed, sum(len(self.bodies[f"/s{each}.xml"]) for each in sitemaps)

    def build(self, sitemaps: "range | set[int]") -> None:
        """Write sitemaps anew, and the index."""
        for each in sitemaps:
            lines = "\n".join(self.entries[each * URLS : (each + 1) * URLS])
            head = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{XMLNS}">\n'
            self.bodies[f"/s{each}.xml"] = f"{head}{lines}\n</urlset>\n".encode()
        self.bodies["/sitemap.xml"] = index(
            *(f"{self.server.url}/s{number}.xml" for number in range(SITEMAPS))
        )
        self.bodies["/robots.txt"] = f"Sitemap: {self.server.url}/sitemap.xml\n".encode()

    def answer(self, hit: Hit) -> Answer:
        """Return a body; the server has no validators, as many do not."""
        body = self.bodies.get(hit.path)
        return Answer(b"", 404) if body is None else Answer(body)

    def _make_entry(self, number: int, night: int) -> str:
        version = f"-v{night}" if night and number % 2 else ""
        loc = f"{self.server.url}/section-{number // URLS:03}/product-{number:06}{version}"
        day = f"2026-{1 + night // 28 % 12:02}-{1 + night % 28:02}"
        return f"<url><loc>{loc}</loc><lastmod>{day}</lastmod></url>"


def change_nothing(_random: random.Random) -> list[int]:
    """Choose no entry."""
    return []


def change_one_sitemap(source: random.Random) -> list[int]:
    """Choose all entries of one sitemap."""
    first = source.randrange(SITEMAPS) * URLS
    return list(range(first, first + URLS))


def change_anywhere(source: random.Random) -> list[int]:
    """Choose as many entries from all sitemaps."""
    return source.sample(range(SITEMAPS * URLS), CHANGED)


KINDS: Mapping[str, Change] = {
    "nothing": change_nothing,
    "1 % of the sitemaps": change_one_sitemap,
    "1 % of the URLs, anywhere": change_anywhere,
}


def measure(nights: int) -> dict[str, dict[str, float]]:
    """Analyze the site night by night for each kind of change, print the table, and return it."""
    print(
        COLUMNS.format(
            f"growth in a night, {SITEMAPS} x {URLS:,} URLs",
            *("first night", "bytes a night", f"after night {FULL}", "of entries", "of sitemaps"),
            *("x", "later x"),
        )
    )
    results = dict[str, dict[str, float]]()
    for name, choose in KINDS.items():
        with tempfile.TemporaryDirectory(prefix="sitemap-benchmark-") as folder, Site() as server:
            results[name] = _measure_kind(Path(folder) / "sitemap.db", ChangingSite(server), choose, nights)
        row = results[name]
        shown = [f"{row[each]:,.0f}" for each in ("first", "night", "later", "entries", "sitemaps")]
        ratios = [
            f"{row[each] / row['entries']:.2f}" if row["entries"] else "-" for each in ("night", "later")
        ]
        print(COLUMNS.format(name, *shown, *ratios), flush=True)
    return results


def _measure_kind(database: Path, site: ChangingSite, choose: Change, nights: int) -> dict[str, float]:
    command = [sys.executable, "-m", "sitemap_cli", "analyze", site.server.url, "--quiet"]
    command += ["--database", str(database), "--allow-private"]
    source = random.Random(7)
    run(command)
    first = database.stat().st_size
    changes, sizes = list[tuple[int, int]](), [first]
    for night in range(1, nights + 1):
        changes.append(site.change(choose(source), night))
        run(command)
        sizes.append(database.stat().st_size)
    entries, sitemaps = (statistics.mean(each) for each in zip(*changes, strict=True))
    grown = (sizes[-1] - first) / nights
    later = (sizes[-1] - sizes[FULL]) / (nights - FULL)
    return {"first": first, "night": grown, "later": later, "entries": entries, "sitemaps": sitemaps}
