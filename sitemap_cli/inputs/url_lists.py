"""Lists of URLs in the forms that other programs write: tables, JSON, text in any encoding, access logs."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TextIO
from urllib.parse import urljoin

from sitemap_cli.crawl.targets import STDIN
from sitemap_cli.errors import UsageError
from sitemap_cli.inputs import access_logs, export_headings
from sitemap_cli.inputs.crawled_pages import ASSET, Refusal, RowJudge, is_asset
from sitemap_cli.inputs.domain_lists import read_list
from sitemap_cli.inputs.list_records import BARE_HOST, InvalidRecord, ListedDomain, Record
from sitemap_cli.inputs.list_tables import find_path_column
from sitemap_cli.inputs.list_text import CHUNK, ZIP, ListText, check_decoded, open_seekable, split_head
from sitemap_cli.inputs.target_list import MAX_REPORTED
from sitemap_cli.model.compared_list import ComparedList, LeftOutRows
from sitemap_cli.model.url_spellings import UrlSpellings
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.redaction import redact_words
from sitemap_cli.urls import url_origin

TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".log")
NO_PAGE, OTHER_LINE, OTHER_METHOD = "without a URL", "in another format", "with another method than GET"
# What a log says of pages for good; a redirect of http, or an error of the server, says nothing of the page.
GONE = ("404", "410")
MAX_KNOWN = 1_000_000
"""URLs of a log that are remembered to write each once; a repeated one does no harm."""
AT_ONCE = 10_000
MAX_URL = 65_536
"""URLs that are written at a time."""

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class UrlFile:
    """A file for the parser of documents, and how to compare with it.

    ``unusable`` is the number of records of the list without a usable URL. ``has_paths`` says that paths in
    it were completed by the base URL.
    """

    path: Path
    compared: ComparedList
    unusable: int = 0
    has_paths: bool = False

    def read_first_url(self) -> str | None:
        """Return the first URL; None if it is a document."""
        with self.path.open(encoding="utf-8", errors="replace") as file:
            first = file.readline(MAX_URL).strip()
        return first if first.startswith(("http://", "https://")) else None


@dataclass(slots=True)
class _Extraction:
    """A list that is being read: where URLs are written to, and what is left out so far."""

    file: TextIO
    name: str
    base_url: str | None
    spellings: UrlSpellings
    warn: Report
    urls: list[str] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, LeftOutRows] = field(default_factory=dict)
    written: int = 0
    unusable: int = 0
    has_paths: bool = False

    def add(self, url: str) -> None:
        """Write a URL, sooner or later."""
        self.urls.append(url)
        if len(self.urls) >= AT_ONCE:
            self.flush()

    def leave_out(self, refusal: Refusal, url: str | None = None) -> None:
        """Count a row that is left out, and remember its URL."""
        rows = self.left_out.setdefault(refusal.reason, LeftOutRows(refusal.is_unlistable))
        rows.count += 1
        if url is not None:
            refused = self.refused.setdefault(refusal.reason, [])
            refused.append(url)
            if len(refused) >= AT_ONCE:
                self.flush()

    def report(self, line: int, error: UsageError) -> None:
        """Report a record without a usable URL, unless many were."""
        self.unusable += 1
        if self.unusable <= MAX_REPORTED:
            self.warn(f"{self.name}: line {line}: {error}")

    def flush(self) -> None:
        """Write what waits."""
        self.written += len(self.urls)
        self.file.writelines(f"{each}\n" for each in self.urls)
        self.urls.clear()
        for reason, urls in self.refused.items():
            self.left_out[reason].add(urls, self.spellings)
            urls.clear()

    def complete(self, target: str) -> str:
        """Return the URL of a path, a URL without a scheme, or a URL."""
        if target.startswith(("http://", "https://")) or self.base_url is None:
            return target
        if target.startswith("/"):
            self.has_paths = self.has_paths or not target.startswith("//")
            return urljoin(self.base_url, target)
        is_host = BARE_HOST.fullmatch(target.partition("/")[0]) is not None
        return f"{self.base_url.partition('://')[0]}://{target}" if is_host else target


def extract_urls(
    name: str,
    folder: Path,
    base_url: str | None,
    spellings: UrlSpellings,
    *,
    warn: Report,
    note: Report,
) -> UrlFile:
    """Return a file with one URL per line, written to ``folder``; the file itself if it is a document.

    Rows whose status, content type or indexability says that they belong in no sitemap are left out, and so
    are the files that pages consist of. The list is read row by row, whatever its size.

    Args:
        name: a file, or ``-`` for standard input.
        folder: where to write.
        base_url: the URL of the site, for paths.
        spellings: which URLs are the same page.
        warn: called with a line of text for each record without a usable URL, up to 20 times.
        note: called with a line of text if the encoding is a guess, or something is left out.

    Raises:
        UsageError: it has no URL, or is a log in an unknown format.
    """
    path = Path(name).expanduser()
    copy = folder / (path.name.removesuffix(".gz") if name != STDIN else "stdin.txt")
    cut = list[str]()
    with _open(name) as named, open_seekable(named) as stream:
        try:
            text = ListText(stream, name, note, cut.append)
        except UsageError:
            if name != STDIN and not _must_be_list(stream, copy.suffix):
                return UrlFile(path, ComparedList(spellings))  # the parser of documents says what it is
            if name == STDIN and _is_xml(stream):
                return UrlFile(_copy(stream, copy), ComparedList(spellings))
            raise
        with copy.open("w", encoding="utf-8", errors="replace") as file:
            found = _Extraction(file, name, base_url, spellings, warn)
            is_log = _read(text, found)
            found.flush()
    _finish(found, note, cut, is_log=is_log)
    return UrlFile(
        copy, ComparedList(spellings, found.left_out, is_log), found.unusable + len(cut), found.has_paths
    )


def move_paths(path: Path, base_url: str, found_at: str) -> None:
    """Complete the paths of a list by the URL where the site was found, instead of the base URL."""
    before, after = url_origin(base_url), url_origin(found_at)
    moved = path.with_name(f"moved-{path.name}")
    with path.open(encoding="utf-8") as old, moved.open("w", encoding="utf-8") as new:
        new.writelines(
            f"{after}{each.removeprefix(before)}" if each.startswith(before) else each for each in old
        )
    moved.replace(path)


@contextmanager
def _open(name: str) -> Iterator[BinaryIO]:
    if name == STDIN:
        yield sys.stdin.buffer
        return
    with Path(name).expanduser().open("rb") as stream:
        yield stream


def _must_be_list(stream: BinaryIO, suffix: str) -> bool:
    """Return whether a file is no document for the parser: a table by its name, or a spreadsheet."""
    stream.seek(0)
    return suffix.lower() in TABLES or stream.read(len(ZIP)) == ZIP


def _is_xml(stream: BinaryIO) -> bool:
    stream.seek(0)
    return b"<" in stream.read(512)


def _copy(stream: BinaryIO, path: Path) -> Path:
    stream.seek(0)
    with path.open("wb") as file:
        while data := stream.read(CHUNK):
            file.write(data)
    return path


def _read(text: ListText, found: _Extraction) -> bool:
    """Read a list, and return whether it is a log.

    Raises:
        UsageError: it is a log in an unknown format.
    """
    head = split_head(text.head)[: access_logs.FIRST_LINES]
    read = access_logs.find_log_format(head)
    if read is not None:
        _read_log(text, read, found)
        return True
    if access_logs.is_unknown_log(head):
        hint = "extract its URLs, or write it in the common or combined format"
        raise UsageError("not a log in a known format", where=found.name, hint=hint)
    column = None if found.base_url is None else find_path_column(head)
    judge = RowJudge()
    for record in read_list(text, found.name, column, export_headings.PAGES):
        _add_record(record, found, judge)
    return False


def _read_log(text: ListText, read: access_logs.Read, found: _Extraction) -> None:
    """Add each URL that was requested with success, once."""
    known = set[int]()
    for _, line in text.split_lines():
        request = read(line)
        if len(known) >= MAX_KNOWN:
            known.clear()
        if request is None:
            if not line.startswith("#"):
                found.leave_out(Refusal(OTHER_LINE))
        elif request.method != "GET":
            found.leave_out(Refusal(OTHER_METHOD))
        elif is_asset(request.target):
            found.leave_out(Refusal(ASSET))
        elif request.status in ("200", "304"):
            if (key := hash(request.target)) not in known:
                known.add(key)
                found.add(found.complete(request.target))
        elif request.status in GONE:
            is_new = (key := hash((request.target, request.status))) not in known
            known.add(key)
            url = found.complete(request.target) if is_new else None
            found.leave_out(Refusal(f"status {request.status}", is_unlistable=True), url)
        else:
            found.leave_out(Refusal(f"status {request.status[:1]}xx"))


def _add_record(record: Record, found: _Extraction, judge: RowJudge) -> None:
    """Write the URL of a record, leave it out, or report it."""
    try:
        if isinstance(record, InvalidRecord):
            if record.is_empty:
                found.leave_out(Refusal(NO_PAGE))
                return
            raise UsageError(record.why, where=escape_text(redact_words(record.text[:100])))
        url = _require_url(record, found)
    except UsageError as error:
        found.report(record.line, error)
        return
    refusal = Refusal(NO_PAGE) if url is None else judge.refuse(record.extra)
    if refusal is None and url is not None and is_asset(url):
        refusal = Refusal(ASSET)
    if refusal is not None:
        found.leave_out(refusal, url)
    elif url is not None:
        found.add(url)


def _require_url(record: ListedDomain, found: _Extraction) -> str | None:
    """Return the URL of a record; None for a sum such as ``(not set)``.

    Raises:
        UsageError: it has none, or one in an unknown encoding.
    """
    text = record.text.strip()
    if text.startswith("(") and text.endswith(")"):
        return None
    if not text.isascii():
        check_decoded(text)
    if text.startswith("/") and record.extra:
        host = next((str(record.extra[each]) for each in export_headings.HOSTS if each in record.extra), "")
        text = f"//{host}{text}" if BARE_HOST.fullmatch(host) else text
    url = found.complete(text)
    if not url.lower().startswith(("http://", "https://")):
        why = "name the site, or pass --base-url" if text.startswith("/") else None
        raise UsageError("no URL", where=escape_text(redact_words(text[:100])), why=why)
    return url


def _finish(found: _Extraction, note: Report, cut: list[str], *, is_log: bool) -> None:
    """Report what was left out.

    Raises:
        UsageError: there is no URL in the list.
    """
    if found.unusable > MAX_REPORTED:
        found.warn(f"{found.name}: and {found.unusable - MAX_REPORTED:,} more lines or values without a URL")
    if cut:
        what = f"{found.name} was read in part, so what is not in it may be missing by mistake"
        found.warn(f"{what}: {cut[0]}")
    counts = Counter({reason: rows.count for reason, rows in found.left_out.items()})
    if counts:
        total = counts.total()
        parts = ", ".join(f"{count:,} {_describe(reason, count)}" for reason, count in counts.most_common())
        what = ("request" if is_log else "row") + (" is" if total == 1 else "s are")
        note(f"{found.name}: {total:,} {what} left out: {parts}")
    if not found.written:
        raise UsageError("no URL in the list", where=found.name)


def _describe(reason: str, count: int) -> str:
    if reason == ASSET and count == 1:
        return reason.removesuffix("s")
    return f"with {reason}" if reason.startswith("status ") else reason
