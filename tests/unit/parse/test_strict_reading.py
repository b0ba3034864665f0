"""What the reader says of a strict parser is compared with one: expat, which is used here on its own."""

import codecs
import contextlib
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urljoin
from xml.parsers import expat

import pytest

from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.model.values import Kind, Problem, StrictReading
from sitemap_cli.parse.reader import DocumentReader, read_document

CASES = Path(__file__).parents[2] / "data" / "parse"
DOCUMENTS = sorted(path for path in CASES.iterdir() if path.suffix != ".json")
MAX_BYTES = 100 * 1024 * 1024
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RSS = (
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://channel.netscape.com/rdf/simple/0.9/",
)
ATOM = ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#")
URL = re.compile(r"https?://[^\s/?#\\]+([/?#].*)?", re.IGNORECASE)


SITEMAP_ROOTS = (f"{SITEMAP} urlset", f"{SITEMAP} sitemapindex")
ATOM_LINKS = tuple(f"{each} link" for each in ATOM)


def build_records() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Return the elements whose text is the URL of a record, by the path from the root to that record."""
    records: dict[tuple[str, ...], tuple[str, ...]] = {
        (f"{SITEMAP} urlset", f"{SITEMAP} url"): (f"{SITEMAP} loc",),
        (f"{SITEMAP} sitemapindex", f"{SITEMAP} sitemap"): (f"{SITEMAP} loc",),
    }
    for space in ("", "http://backend.userland.com/rss2 "):
        links = f"{space}link", f"{space}guid"
        records[f"{space}rss", f"{space}channel", f"{space}item"] = links
    records |= {(f"{RDF} RDF", f"{each} item"): (f"{each} link",) for each in RSS}
    return records | {(f"{each} feed", f"{each} entry"): () for each in ATOM}


RECORDS = build_records()
PAGE_RELATIONS = ("", "alternate", "http://www.iana.org/assignments/relation/alternate")


class StrictReader:
    """A strict reader of sitemaps and feeds: expat and the paths of the formats, nothing else."""

    def __init__(self) -> None:
        self.urls: list[str] = []
        self._path: tuple[str, ...] = ()
        self._bases = [""]
        self._text = ""
        self._is_permalink = True
        self._found: dict[str, list[str]] = {}

    def read(self, document: bytes, charset: str | None) -> None:
        text, is_cut = decode_strictly(document, charset)
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add_text
        with contextlib.suppress(expat.ExpatError):
            parser.Parse(text.encode(), not is_cut)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._path = (*self._path, name)
        base = attributes.get("http://www.w3.org/XML/1998/namespace base", "").strip()
        self._bases.append(join(self._bases[-1], base))
        self._text = ""
        self._is_permalink = attributes.get("isPermaLink", "true").strip().lower() == "true"
        is_page = attributes.get("rel", "").strip().lower() in PAGE_RELATIONS
        if self._path[:-1] in RECORDS and name in ATOM_LINKS and is_page and attributes.get("href"):
            kind = attributes.get("type", "").partition(";")[0].strip().lower()
            order = "1 html link" if kind in ("", "text/html", "application/xhtml+xml") else "2 link"
            self._found.setdefault(order, []).append(self._resolve(attributes["href"]))

    def _end(self, name: str) -> None:
        path, self._path = self._path, self._path[:-1]
        if self._path in RECORDS and name in RECORDS[self._path] and self._text.strip():
            order = "3 guid" if name.endswith("guid") else "0 text"
            if order == "0 text" or self._is_permalink:
                self._found.setdefault(order, []).append(self._resolve(self._text))
        self._bases.pop()
        if path in RECORDS:
            url = next((self._found[order][0] for order in sorted(self._found)), "")
            self.urls += [url] if URL.fullmatch(url) else []
            self._found = {}
        self._text = ""

    def _resolve(self, url: str) -> str:
        """Return a URL below an xml:base, which feeds have; the protocol of sitemaps has no relative URLs."""
        is_based = len(set(self._bases)) > 1 and self._path[0] not in SITEMAP_ROOTS
        return join(self._bases[-1], url.strip()) if is_based else url.strip()

    def _add_text(self, text: str) -> None:
        self._text += text


def join(base: str, url: str) -> str:
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def decode_strictly(document: bytes, charset: str | None) -> tuple[str, bool]:
    """Return the text up to the first byte that is not valid in its encoding, and whether there is one."""
    encoding = choose_encoding(document, charset)
    if encoding == "utf-8" and re.match(rb".{0,3}<\?xml[^>]*encoding=\"utf-16", document, re.IGNORECASE):
        return "", True
    if not is_known(encoding):
        return "", True
    decode = codecs.getdecoder(encoding)
    try:
        return decode(document)[0], False
    except UnicodeDecodeError as error:
        return decode(document[: error.start])[0], True


def choose_encoding(document: bytes, charset: str | None) -> str:
    """Return the encoding by the byte order mark, the first bytes, the transport or the declaration.

    See https://www.w3.org/TR/xml/#sec-guessing and https://www.rfc-editor.org/rfc/rfc7303#section-3
    """
    marks = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
    marks |= {b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
    for mark, encoding in marks.items():
        if document.startswith(mark):
            return encoding
    declared = re.match(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", document)
    name = declared[1].decode("latin-1") if declared else "utf-8"
    return charset if charset and is_known(charset) else name


def is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def read_text_strictly(document: bytes) -> list[str]:
    """Return the lines of a text in UTF-8 that are URLs and nothing else."""
    lines = document.removeprefix(b"\xef\xbb\xbf").splitlines()
    return [line.decode().strip() for line in lines if is_url_line(line)]


def is_url_line(line: bytes) -> bool:
    try:
        return re.fullmatch(r"\s*https?://\S+\s*", line.decode(), re.IGNORECASE) is not None
    except UnicodeDecodeError:
        return False


def load(path: Path) -> tuple[bytes, dict[str, str]]:
    case = json.loads(path.with_suffix(".json").read_text())
    data = path.read_bytes()
    if path.suffix == ".gz":
        decoder = Decoder(max_bytes=MAX_BYTES, content_encoding=case.get("content_encoding"))
        data = b"".join(decode_chunks([data], decoder))
    return data, case


def read(
    data: bytes, base_url: str | None = None, charset: str | None = None
) -> tuple[DocumentReader, list[str]]:
    """Return a reader after it has read a document, and the URLs that it found."""
    reading = read_document([data], base_url=base_url, charset=charset)
    return reading, [item.loc for batch in reading for item in batch if not isinstance(item, Problem)]


def read_strictly(data: bytes, kind: Kind, charset: str | None) -> list[str]:
    if kind is Kind.TEXT:
        return read_text_strictly(data)
    reader = StrictReader()
    reader.read(data, charset)
    return reader.urls


def describe(path: Path) -> tuple[int, int, StrictReading | None]:
    """Return how many URLs of a case the reader says are read strictly, and how many expat reads of them."""
    data, case = load(path)
    reading, urls = read(data, case.get("base_url"), case.get("charset"))
    strict = count_urls(read_strictly(data, reading.kind, case.get("charset")))
    claimed = reading.strict.read if reading.strict else len(urls)
    return claimed, (strict & count_urls(urls)).total(), reading.strict


def count_urls(urls: Sequence[str]) -> Counter[str]:
    """Count URLs; in a document with a wrong declaration, characters beyond ASCII are others."""
    return Counter(re.sub(r"[^!-~]+", "?", url) for url in urls)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_number_is_that_of_a_strict_parser_for_every_case(path: Path) -> None:
    claimed, read_by_expat, _ = describe(path)
    assert claimed == read_by_expat


HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{SITEMAP}">\n'
ENTRIES = "".join(
    f"<url>\n<loc>https://example.com/{n}</loc>\n<lastmod>2026-01-0{n + 1}</lastmod></url>\n"
    for n in range(8)
)
SITEMAPS = "".join(f"<sitemap><loc>https://example.com/{n}.xml</loc></sitemap>\n" for n in range(8))
WHOLE = (
    f"{HEAD}{ENTRIES}</urlset>\n",
    f"{HEAD}{SITEMAPS}</urlset>\n".replace("urlset", "sitemapindex"),
    f"{HEAD}{ENTRIES}</urlset>\n".replace("xmlns=", "xmlns:s=")
    .replace("</", "</s:")
    .replace("<u", "<s:u")
    .replace("<l", "<s:l"),
)
DAMAGES = (
    *("&", "<", ">", '"', "/", "\x01", "\ufeff", "&amp;", "&nbsp;", "<!--", "-->", "<![CDATA[", "]]>", "Loc"),
    *("<url>", "</url>", "<loc>", "</loc>", "<sitemap>", "</sitemap>", "<URL>", "<x>", "</x>", "<x:y>"),
    *(' xmlns=""', '<?xml version="1.0"?>', "<loc>https://example.com/n</loc>", "https://example.com/z"),
    *("<url><loc>/relative</loc></url>", '<a:url xmlns:a="urn:x">', "</a:url>", "<urlset>", "</urlset>"),
)
NESTED = "an entry begins before the previous one has ended"


def damage(document: str, chosen: random.Random) -> str:
    """Remove, repeat or insert something, once or twice."""
    tokens = re.findall(r"<[^>]*>|[^<]+", document)
    for _ in range(chosen.randint(1, 2)):
        at, kind = chosen.randrange(len(tokens)), chosen.randrange(4)
        token, more = tokens[at], chosen.choice(DAMAGES)
        inside = chosen.randrange(len(token) + 1)
        changed = (
            "",
            f"{token}{chosen.choice(tokens)}",
            f"{more}{token}",
            token[:inside] + more + token[inside:],
        )
        tokens[at] = changed[kind]
    return "".join(tokens)


@pytest.mark.parametrize("seed", range(20))
def test_the_number_is_that_of_a_strict_parser_for_damaged_documents(seed: int) -> None:
    chosen = random.Random(seed)
    for _ in range(50):
        document = damage(chosen.choice(WHOLE), chosen).encode()
        reading, urls = read(document, "https://example.com/sitemap.xml")
        strict = count_urls(read_strictly(document, reading.kind, None)) & count_urls(urls)
        if reading.strict is None and reading.codes["stray-end-tag"] and reading.codes["not-well-formed"]:
            continue  # an entry in another one may be well-formed: nothing is said then
        claimed = reading.strict.read if reading.strict else len(urls)
        assert claimed == strict.total(), document.decode()


def test_the_reason_is_the_place_where_a_strict_parser_stops() -> None:
    reading, _ = read(f"{HEAD}{ENTRIES}<url><loc>https://example.com/?a&b</loc></url></urlset>".encode())
    assert reading.strict is not None
    found = reading.strict
    assert (found.read, found.total, found.code, found.line) == (8, 9, "unescaped-data", 27)
    assert reading.strict.describe().startswith("a strict parser reads 8 of 9 URLs and stops at line 27: ")


def test_entries_beyond_the_limit_of_the_protocol_are_not_read() -> None:
    entries = "".join(f"<url><loc>https://example.com/{n}</loc></url>\n" for n in range(50_010))
    reading, _ = read(f"{HEAD}{entries}</urlset>".encode())
    assert reading.strict is not None
    assert (reading.strict.read, reading.strict.total) == (50_000, 50_010)
    assert reading.strict.code == "too-many-urls"


def test_bytes_beyond_the_limit_of_the_protocol_are_not_read() -> None:
    entry = f"<url><loc>https://example.com/{'x' * 1_900}</loc></url>\n".encode()
    count = 60 * 1024 * 1024 // len(entry)
    document = HEAD.encode() + entry * count + b"</urlset>"
    reading, _ = read(document)
    whole = (50 * 1024 * 1024 - len(HEAD.encode()) - len(b"\n")) // len(entry)
    assert reading.strict is not None
    assert (reading.strict.read, reading.strict.code) == (whole, "too-large")
