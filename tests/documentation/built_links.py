"""Links of built pages: each must lead to a file and an anchor of the site, and nothing may load another host."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser requests without a click.
LOADING = {"src", "srcset", "poster", "data"}


@dataclass
class BuiltPage:
    """What a page links and loads, and the anchors that it has."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = BuiltPage()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        self.page.anchors.update(values[name] for name in ("id", "name") if name in values)
        for name, value in values.items():
            is_loaded = name in LOADING or (
                tag == "link" and name == "href" and values.get("rel") != "canonical"
            )
            if is_loaded:
                self.page.loads.append(value)
            if is_loaded or name == "href":
                self.page.links.append(value)


def read_page(file: Path) -> BuiltPage:
    """Read a page."""
    reader = _Reader()
    reader.feed(file.read_text(encoding="utf-8"))
    return reader.page


def find_broken_links(site: Path) -> Iterator[str]:
    """Yield a sentence about each link that leads nowhere, and each file that another host would send."""
    pages = {file.resolve(): read_page(file) for file in sorted(site.rglob("*.html"))}
    for file, page in pages.items():
        name = file.relative_to(site.resolve())
        for link in page.loads:
            if urlsplit(link).netloc:
                yield f"{name}: loads {link}"
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            path = unquote(parts.path)
            target = (
                (site / path.lstrip("/") if path.startswith("/") else file.parent / path).resolve()
                if path
                else file
            )
            if target.is_dir():
                target /= "index.html"
            if not target.exists():
                yield f"{name}: {link} leads nowhere"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{name}: {link} has no such anchor"
