"""Lists of URLs in the forms that other programs write: tables, JSON, text in any encoding, access logs."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

from sitemap_cli.crawl.targets import STDIN
from sitemap_cli.errors import UsageError
from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.inputs.crawled_pages import find_path_column, is_asset, is_listable
from sitemap_cli.inputs.domain_lists import read_records
from sitemap_cli.inputs.list_records import InvalidRecord, ListedDomain, Record
from sitemap_cli.inputs.list_tables import split_heading
from sitemap_cli.inputs.list_text import LINE_END, MAX_BYTES, check_decoded
from sitemap_cli.inputs.target_list import MAX_REPORTED
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.redaction import redact_words
from sitemap_cli.urls import url_origin

TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
# JSON, several URLs with a separator, or a heading as Screaming Frog and Search Console write it.
EXPORT = re.compile(
    r"\s*[\[{]|\"?sep=.\"?$|.*https?://\S*[,;|]\s*\"?https?://"
    r"|\"?(?:url|loc|address|page|top pages)\"?\s*(?:[,;\t|]|$)|\s*https?://[^\t]*\t\s*(?!https?://)\S",
    re.IGNORECASE,
)
# A request in the common or combined format: https://httpd.apache.org/docs/current/logs.html#accesslog
REQUEST = re.compile(
    r"\S+ .*?\"(?P<method>[A-Z]{3,10}) (?P<target>[^\s\"]+) HTTP/[0-9.]+\" (?P<status>[0-9]{3}) "
)
HEAD = 64 * 1024
FIRST_LINES = 20
# A request in any other log, such as one in JSON.
LOGGED = re.compile(r'\"(?:GET|HEAD|POST|PUT|OPTIONS|DELETE|PATCH) \S+(?: HTTP/[0-9.]+)?\\?"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UrlFile:
    """A file for the parser of documents, and the number of records of the list without a usable URL.

    ``has_paths`` says that paths in it were completed by the base URL.
    """

    path: Path
    unusable: int = 0
    has_paths: bool = False


def extract_urls(
    name: str,
    folder: Path,
    base_url: str | None,
    *,
    warn: Callable[[str], None],
    note: Callable[[str], None],
) -> UrlFile:
    """Return a file with one URL per line, written to ``folder``; the file itself if it is a document.

    Rows whose status, content type or indexability says that they belong in no sitemap are left out, and so
    are the files that pages consist of in an access log.

    Args:
        name: a file, or ``-`` for standard input.
        folder: where to write.
        base_url: the URL of the site, for paths.
        warn: called with a line of text for each record without a usable URL, up to 20 times.
        note: called with a line of text if the encoding is a guess, or something is left out.

    Raises:
        UsageError: it has no URL, or is a log in an unknown format.
    """
    path = Path(name).expanduser()
    data = sys.stdin.buffer.read(MAX_BYTES + 1) if name == STDIN else _read_file(path)
    copy = folder / (Path(name).name.removesuffix(".gz") if name != STDIN else "stdin.txt")
    content = b"".join(decode_chunks([data], Decoder(max_bytes=MAX_BYTES)))
    head = content[:HEAD].decode("utf-8-sig", "replace").replace("\0", "").lstrip("\ufffd")
    first = next((line for line in LINE_END.split(head) if line.strip()), "")
    if REQUEST.match(first):
        copy.write_text("\n".join(_read_log(content, base_url)), encoding="utf-8")
        return UrlFile(copy, has_paths=True)
    _refuse_log(head, name)
    column = None if base_url is None else _find_path_column(head)
    has_paths = column is not None or (base_url is not None and first.startswith("/"))
    if not has_paths and _is_document(content, first, copy.suffix.lower()):
        if name == STDIN:
            copy.write_bytes(data)
        return UrlFile(copy if name == STDIN else path)
    try:
        records = read_records(BytesIO(data), name, column=column, note=note)
    except UsageError:
        if copy.suffix.lower() in TABLES or name == STDIN:
            raise
        return UrlFile(path)  # the parser of documents says what it is
    return _write_urls(records, copy, name, warn, note, base_url)


def move_paths(path: Path, base_url: str, found_at: str) -> None:
    """Complete the paths of a list by the URL where the site was found, instead of the base URL."""
    before, after = url_origin(base_url), url_origin(found_at)
    lines = path.read_text(encoding="utf-8").split("\n")
    moved = (f"{after}{each.removeprefix(before)}" if each.startswith(before) else each for each in lines)
    path.write_text("\n".join(moved), encoding="utf-8")


def _refuse_log(head: str, name: str) -> None:
    """Refuse the log of a web server in an unknown format.

    Raises:
        UsageError: it is one.
    """
    lines = head.splitlines()[:FIRST_LINES]
    if sum(LOGGED.search(line) is not None for line in lines) > len(lines) / 2:
        hint = "extract its URLs, or write it in the common or combined format"
        raise UsageError("not a log in a known format", where=name, hint=hint)


def _read_file(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)


def _is_document(content: bytes, first: str, suffix: str) -> bool:
    """Return whether the parser of documents reads the content best: XML, HTML, or text in Unicode."""
    if first.lstrip().startswith("<") or len(content) >= MAX_BYTES or not content.strip():
        return True
    if suffix in TABLES or EXPORT.match(first) or b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_log(content: bytes, base_url: str | None) -> Iterator[str]:
    """Yield each URL that was requested with success, once; paths belong to ``base_url``."""
    found = dict[str, None]()
    for line in content.decode("utf-8", "replace").splitlines():
        request = REQUEST.match(line)
        is_page = request and request["method"] == "GET" and request["status"] in ("200", "304")
        if request and is_page and not is_asset(request["target"]):
            found[request["target"]] = None
    return (urljoin(base_url or "", each) for each in found)


def _write_urls(
    records: Iterator[Record],
    path: Path,
    name: str,
    warn: Callable[[str], None],
    note: Callable[[str], None],
    base_url: str | None,
) -> UrlFile:
    urls, unusable, left_out, has_paths = list[str](), 0, 0, False
    for record in records:
        try:
            if isinstance(record, ListedDomain) and _is_no_page(record):
                left_out += 1
            else:
                urls.append(_require_url(record, base_url))
                has_paths = has_paths or record.text.startswith("/")
        except UsageError as error:
            unusable += 1
            if unusable <= MAX_REPORTED:
                warn(f"{name}: line {record.line}: {error}")
    if left_out:
        what = "row is" if left_out == 1 else "rows are"
        note(f"{name}: {left_out:,} {what} left out by status, content type or indexability")
    if not urls:
        raise UsageError("no URL in the list", where=name)
    if unusable > MAX_REPORTED:
        warn(f"{name}: and {unusable - MAX_REPORTED:,} more lines or values without a URL")
    path.write_text("\n".join(urls), encoding="utf-8", errors="replace")
    return UrlFile(path, unusable, has_paths)


def _find_path_column(head: str) -> str | None:
    """Return the heading of a column with paths, as Google Analytics writes it below some comments."""
    lines = (line for line in LINE_END.split(head) if line.strip() and not line.startswith("#"))
    return find_path_column(split_heading(next(lines, "")))


def _is_no_page(record: ListedDomain) -> bool:
    """Return whether a row is for no page: by its columns, or a sum such as ``(not set)``."""
    return not is_listable(record.extra) or (record.text.startswith("(") and record.text.endswith(")"))


def _require_url(record: Record, base_url: str | None) -> str:
    """Return the URL of a record; a path belongs to ``base_url``.

    Raises:
        UsageError: it has none, or one in an unknown encoding.
    """
    if isinstance(record, InvalidRecord):
        raise UsageError(record.why, where=escape_text(redact_words(record.text[:100])))
    check_decoded(record.text)
    if record.text.isspace():
        raise UsageError("no URL")
    return urljoin(base_url, record.text) if base_url and record.text.startswith("/") else record.text
