"""Sitemaps that are exported list what was read, and are valid: on every document that tests parse.

What a sitemap cannot contain is what :func:`expect` leaves out, and nothing else. How the documents look is
checked against the schema of the protocol, https://www.sitemaps.org/schemas/sitemap/0.9/sitemap.xsd, by hand:
its order, its values and its lengths.
"""

import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
import yaml

from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.model.values import Kind, Problem
from sitemap_cli.output.formats import xml
from sitemap_cli.output.sitemap_entries import FIELDS
from sitemap_cli.output.sitemap_extensions import NAMESPACES, PAGEMAP, ExtensionWriter
from sitemap_cli.output.sitemap_notes import SitemapNotes
from sitemap_cli.parse.extension import get_extensions
from sitemap_cli.parse.reader import DocumentReader, read_document
from sitemap_cli.storage.entry_rows import build_columns
from sitemap_cli.urls import identify_url, textual_origin
from tests.integration.audit import sites

DATA = Path(__file__).parents[1] / "data"
MOST = 1_000
"""Entries of a document: a sitemap may have no more news."""
MAX_BYTES = 100 * 1024 * 1024
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ORDER = ["loc", "lastmod", "changefreq", "priority"]
# https://www.rfc-editor.org/rfc/rfc3986#appendix-A
URL = re.compile(
    r"https?://(?:[\w.~!$&'()*+,;=:%-]*@)?(?:[\w.~-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?"
    r"(?:/(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:[?#](?:[\w.~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*){0,2}",
    re.ASCII | re.IGNORECASE,
)
DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?", re.ASCII)
FREQUENCIES = ["always", "hourly", "daily", "weekly", "monthly", "yearly", "never"]


class Row(NamedTuple):
    """An entry as it is recorded: extensions as JSON."""

    loc: str
    lastmod: str | None
    lastmod_utc: int | None
    changefreq: str | None
    priority: str | None
    line: int | None
    extensions: str | None


def list_parser_cases() -> Iterator[tuple[str, DocumentReader]]:
    for path in sorted((DATA / "parse").iterdir()):
        if path.suffix == ".json":
            continue
        case = json.loads(path.with_suffix(".json").read_text())
        decoder = Decoder(max_bytes=MAX_BYTES, content_encoding=case.get("content_encoding"))
        data = [path.read_bytes()]
        pieces = decode_chunks(data, decoder) if path.suffix == ".gz" else data
        yield path.name, read_document(pieces, base_url=case.get("base_url"), charset=case.get("charset"))


def list_audited_sites() -> Iterator[tuple[str, DocumentReader]]:
    for path in sorted((DATA / "audits").rglob("*.yaml")):
        found = yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for url, reply in sites.build_pages(found).items() if path.stem not in ("servers", "sites") else ():
            if reply.body:
                yield f"{path.stem} {url}", read_document([reply.body], base_url=url)


def list_rule_cases() -> Iterator[tuple[str, DocumentReader]]:
    for path in sorted((DATA / "rules").rglob("*.yaml")):
        rules = yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for rule, kinds in rules.items():
            for name, case in ((name, case) for kind in kinds.values() for name, case in kind.items()):
                for url, reply in sites.build_pages(case).items():
                    if reply.body and len(reply.body) < 1_000_000:
                        yield f"{rule} {name} {url}", read_document([reply.body], base_url=url)


def list_rows(reading: DocumentReader) -> list[Row]:
    """Return what is recorded of a document."""
    return [Row(*row) for batch in reading for row in zip(*build_columns(batch.entries), strict=True)]


def export(rows: list[Row]) -> tuple[bytes, SitemapNotes]:
    stream, notes = io.BytesIO(), SitemapNotes()
    columns = [[getattr(row, name) for row in rows] for name in FIELDS]
    texts = [[None if each is None else str(each) for each in column] for column in columns]
    with xml.open_column_writer(stream, FIELDS, notes=notes) as write:
        write([*map(TextColumn.join, texts)])
    return stream.getvalue(), notes


def expect(row: Row) -> tuple[Any, ...] | None:
    """Return what has to be read of an entry, or None if no sitemap can contain its URL."""
    before, mark, fragment = encode(row.loc).partition("#")
    found = re.match(r"([^/]+//)([^/?#]*)(.*)", before)
    assert found is not None
    host = textual_origin(row.loc).partition("://")[2].rstrip("/")
    rest = f"{found[3]}{mark}{fragment.replace('#', '%23')}"
    length = len(f"{found[1]}{found[2] if found[2].isascii() and '%' not in found[2] else host}{rest}")
    if not host.isascii() or not 12 <= length + (not rest) <= 2_047:
        return None
    priority = (row.priority or "").replace(",", ".")
    return (
        identify_url(f"{found[1]}{host}{rest}"),
        row.lastmod_utc,
        (row.changefreq or "").lower() if (row.changefreq or "").lower() in FREQUENCIES else None,
        float(priority) if re.fullmatch(r"0(\.\d+)?|1(\.0+)?|\.\d+", priority, re.ASCII) else None,
        remove_impossible(json.loads(row.extensions or "{}")),
    )


def encode(text: str) -> str:
    """Percent-encode what RFC 3986 does not allow anywhere in a URL."""
    return quote(re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text), safe="%/?:@!$&'()*+,;=~#")


def remove_impossible(extensions: dict[str, Any]) -> dict[str, Any]:
    """Remove an image inside of an image: the reader reports it as lost, too."""
    for image in extensions.get("images", ()):
        image.pop("image", None)
    return extensions


def read_back(data: bytes) -> list[tuple[Any, ...]]:
    """Read a sitemap in which nothing is wrong, for any parser."""
    reading = read_document([data])
    rows, problems = [], []
    for batch in reading:
        problems += [each for each in batch if isinstance(each, Problem)]
        rows += [Row(*row) for row in zip(*build_columns(batch.entries), strict=True)]
    assert (problems, reading.kind, reading.complete, reading.strict) == ([], Kind.URLSET, True, None)
    return [
        (
            identify_url(row.loc),
            row.lastmod_utc,
            row.changefreq,
            float(row.priority) if row.priority else None,
            json.loads(row.extensions or "{}"),
        )
        for row in rows
    ]


def check_schema(data: bytes) -> None:
    """Check a document against the schema of the protocol, and that it is safe to print."""
    assert re.search(rb"[^\x0a\x20-\x7e\x80-\xff]", data) is None
    root = ET.fromstring(data)
    assert root.tag == f"{NAMESPACE}urlset"
    for url in root:
        names = [child.tag.removeprefix(NAMESPACE) for child in url]
        own = [name for name in names if not name.startswith("{")]
        assert url.tag == f"{NAMESPACE}url"
        assert names[: len(own)] == own == sorted(set(own), key=ORDER.index)
        texts = {name: url.findtext(f"{NAMESPACE}{name}") or "" for name in own}
        assert 12 <= len(texts["loc"]) <= 2_047
        assert URL.fullmatch(texts["loc"]), texts["loc"]
        assert "lastmod" not in texts or DATE.fullmatch(texts["lastmod"]), texts["lastmod"]
        assert texts.get("changefreq", "never") in FREQUENCIES
        assert 0 <= float(texts.get("priority", "0")) <= 1


def test_every_extension_can_be_written() -> None:
    known = {extension.key: extension for extension in get_extensions().values()}
    assert sorted(ExtensionWriter(SitemapNotes()).writers) == sorted(known)
    written = {**NAMESPACES, "pagemap": PAGEMAP}
    assert written == {each.prefix: each.namespace for each in known.values()}


@pytest.mark.parametrize("list_documents", [list_parser_cases, list_audited_sites, list_rule_cases])
def test_what_is_read_of_an_export_is_what_was_listed(
    list_documents: Callable[[], Iterator[tuple[str, DocumentReader]]],
) -> None:
    documents = 0
    for name, reading in list_documents():
        rows = list_rows(reading)[:MOST]
        if not rows:
            continue
        documents += 1
        data, notes = export(rows)
        expected = [each for each in map(expect, rows) if each is not None]
        assert read_back(data) == expected, name
        check_schema(data)
        assert notes.left_out["loc"] == len(rows) - len(expected), name
    assert documents > 50
