"""Lists of URLs in the forms that other programs export: tables, JSON arrays, JSON Lines, standard input."""

import re
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from sitemap_cli.crawl.targets import STDIN
from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.domain_lists import read_records
from sitemap_cli.inputs.list_records import ListedDomain
from sitemap_cli.inputs.list_text import LINE_END

TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
# JSON, several URLs with a separator, or a heading as Screaming Frog and Search Console write it.
EXPORT = re.compile(
    r"\s*[\[{]|.*https?://\S*[,;|]\s*\"?https?://|\"?(?:url|loc|address|page|top pages)\"?\s*(?:[,;\t|]|$)",
    re.IGNORECASE,
)
HEAD = 64 * 1024
GZIP = b"\x1f\x8b"
FIRST_LINES = 20
# A request in the log of a web server, as text or as JSON.
LOGGED = re.compile(r'\"(?:GET|HEAD|POST|PUT|OPTIONS|DELETE|PATCH) \S+(?: HTTP/[0-9.]+)?\\?"', re.IGNORECASE)


def extract_urls(name: str, folder: Path, warn: Callable[[str], None]) -> Path:
    """Return a file with one URL per line, written to ``folder``; the file itself if it is a document.

    Args:
        name: a file, or ``-`` for standard input.
        folder: where to write.
        warn: called with the number of lines without a URL.

    Raises:
        UsageError: it has no URL.
    """
    path = Path(name).expanduser()
    data = sys.stdin.buffer.read() if name == STDIN else None
    if data is None:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    else:
        head, path = data[:HEAD], folder / "stdin.txt"
        path.write_bytes(data)
    _refuse_log(head, name)
    if not _is_export(head, path):
        return path
    with path.open("rb") as stream:
        return _write_urls(stream, name, folder, warn)


def _refuse_log(head: bytes, name: str) -> None:
    """Refuse the access log of a web server, whose lines are no URLs.

    Raises:
        UsageError: it is one.
    """
    if head.startswith(GZIP):
        with suppress(zlib.error):
            head = zlib.decompressobj(wbits=31).decompress(head, HEAD)
    lines = head.decode("utf-8", "replace").splitlines()[:FIRST_LINES]
    if sum(LOGGED.search(line) is not None for line in lines) > len(lines) / 2:
        hint = "extract its URLs: awk '{print \"https://example.com\" $7}' access.log > urls.txt"
        raise UsageError("cannot compare with an access log", where=name, why="it has no URLs", hint=hint)


def _is_export(head: bytes, path: Path) -> bool:
    text = head.decode("utf-8-sig", "replace").replace("\0", "")
    first = next((line for line in LINE_END.split(text) if line.strip()), "")
    if first.lstrip().startswith("<") or head.startswith(GZIP):
        return False
    return path.suffix.lower() in TABLES or EXPORT.match(first) is not None


def _write_urls(stream: BufferedReader, name: str, folder: Path, warn: Callable[[str], None]) -> Path:
    urls, unusable = list[str](), 0
    for record in read_records(stream, name):
        if isinstance(record, ListedDomain) and not record.text.isspace():
            urls.append(record.text)
        else:
            unusable += 1
    if not urls:
        raise UsageError("no URL in the list", where=name)
    if unusable:
        warn(f"{name}: {unusable:,} lines or values without a URL")
    path = folder / "urls.txt"
    path.write_text("\n".join(urls), encoding="utf-8", errors="replace")
    return path
