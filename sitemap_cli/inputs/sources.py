"""SOURCE arguments: standard input, files, folders, patterns and URLs."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from sitemap_cli.crawl.targets import STDIN, require_decoded
from sitemap_cli.errors import MissingFileError, UnreadableError, UsageError
from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.request_url import parse_request_url
from sitemap_cli.inputs import glob_patterns
from sitemap_cli.redaction import redact_url

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://|file:/", re.IGNORECASE)


def check_sources(sources: Sequence[str], base_url: str | None) -> None:
    """Check the arguments before anything is read.

    Raises:
        UsageError: a URL cannot be requested, or standard input would be read twice.
    """
    if sources.count(STDIN) > 1:
        raise UsageError("standard input can be read only once", where=STDIN)
    for source in filter(is_url, sources):
        _check_url(source, "not a usable URL")
    if base_url is not None:
        _check_url(base_url, "unusable base", option="--base-url ")


def _check_url(url: str, what: str, option: str = "") -> None:
    require_decoded(url)
    try:
        parse_request_url(url)
    except RefusedError as error:
        has_other_scheme = error.fault.reason == "scheme-forbidden"
        raise UsageError(
            what,
            where=option + redact_url(url),
            why="only http and https URLs can be fetched" if has_other_scheme else error.fault.message,
            hint="pass the path of a file, not a file: URL" if url.lower().startswith("file:") else None,
        ) from error


def is_url(source: str) -> bool:
    """Return whether a SOURCE is a URL rather than something on this computer."""
    return SCHEME.match(source) is not None


def is_single_document(source: str) -> bool:
    """Return whether a SOURCE is one document, neither a folder nor a pattern."""
    if source == STDIN or is_url(source):
        return True
    return not _is_folder(source) and (_exists(source) or not glob_patterns.MAGIC.search(source))


def expand_source(source: str, globs: Sequence[str]) -> Iterator[str | Path | UnreadableError]:
    """Yield the source itself if it is one document, else the files of the folder or pattern, sorted.

    A :class:`Path` was found; a text is what the user typed. An error takes the place of what cannot be read.
    """
    if is_single_document(source):
        yield source
        return
    files = _match_files(source, globs)
    first = next(files, None)
    if first is None:
        why = "there is no such file"
        if globs and _is_folder(source):
            why = f"no file matches {' or '.join(globs)}"
        kind = UnreadableError if _is_folder(source) else MissingFileError
        yield kind("nothing to read", where=source, why=why)
        return
    yield first
    yield from files


def _match_files(source: str, globs: Sequence[str]) -> Iterator[Path | UnreadableError]:
    if _is_folder(source):
        return glob_patterns.match_files(_expand_home(source), glob_patterns.parse_globs(globs))
    base, parts = glob_patterns.split_pattern(source)
    return glob_patterns.match_files(base, [parts]) if _is_folder(str(base)) else iter(())


def _expand_home(name: str) -> Path:
    return Path(os.path.expanduser(name))  # noqa: PTH111 - Path.expanduser raises without a home


def _is_folder(name: str) -> bool:
    return stat.S_ISDIR(_get_mode(name))


def _exists(name: str) -> bool:
    return _get_mode(name) != 0


def _get_mode(name: str) -> int:
    """Return the mode of a file or folder; 0 if it is missing or the name is invalid."""
    try:
        return _expand_home(name).stat().st_mode
    except (OSError, ValueError):
        return 0
