"""Guess where a local folder or file is published: at the origin of the first URL that it lists."""

import gzip
import re
from pathlib import Path

MAX_BYTES = 1_000_000
"""Bytes of a file that are searched."""
NAMES = ("robots.txt", "sitemap.xml", "sitemap_index.xml", "sitemap.xml.gz", "sitemap-index.xml")
"""Files of a folder that are looked at first."""
MAX_FILES = 20

_URL = re.compile(rb"(?:<loc>|<link>|^|\n|Sitemap:)\s*(https?://[^/\s<>\"'?#]+)", re.IGNORECASE)


def guess_base_url(path: Path) -> str | None:
    """Return the origin of the first URL in a file, or in a file of a folder; None if there is no URL."""
    if not path.is_dir():
        return _find_origin(path)
    first = [path / name for name in NAMES]
    others = sorted(each for each in path.iterdir() if each.name.endswith((".xml", ".xml.gz", ".txt")))
    for each in (*first, *others[:MAX_FILES]):
        if each.is_file() and (found := _find_origin(each)) is not None:
            return found
    return None


def _find_origin(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            begin = stream.read(2)
        with gzip.open(path) if begin == b"\x1f\x8b" else path.open("rb") as stream:
            found = _URL.search(stream.read(MAX_BYTES))
    except (OSError, EOFError):
        return None
    return f"{found[1].decode('utf-8', 'replace')}/" if found else None
