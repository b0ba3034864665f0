"""Understands the SOURCEs of a command: standard input, files, folders, patterns and addresses."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from sitemap_cli.crawl.targets import STDIN
from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.inputs import glob_patterns
from sitemap_cli.redaction import redact_url

SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://|file:/", re.IGNORECASE)


def check_sources(sources: Sequence[str], base_url: str | None) -> None:
    """See that the command line makes sense before anything is read.

    Raises:
        UsageError: an address cannot be asked, or standard input is to be read twice.
    """
    if sources.count(STDIN) > 1:
        raise UsageError("standard input can be read only once", where=STDIN)
    for source in filter(is_url, sources):
        _check_address(source, "not a usable address")
    if base_url is not None:
        _check_address(base_url, "unusable base", option="--base-url ")


def _check_address(text: str, what: str, option: str = "") -> None:
    # Loads aiohttp, which a file has no use for.
    from sitemap_cli.fetch import request_url
    from sitemap_cli.fetch.fetch_errors import RefusedError

    try:
        request_url.parse_request_url(text)
    except RefusedError as error:
        forbidden = error.fault.reason == "scheme-forbidden"
        raise UsageError(
            what,
            where=option + redact_url(text),
            why="only http and https can be asked" if forbidden else error.fault.message,
            hint="name a file by its path" if text.lower().startswith("file:") else None,
        ) from error


def is_url(source: str) -> bool:
    """Whether a SOURCE is an address rather than something on this computer."""
    return SCHEME.match(source) is not None


def is_single_document(source: str) -> bool:
    """Whether a SOURCE is a document itself, neither a folder nor a pattern."""
    if source == STDIN or is_url(source):
        return True
    return not _is_folder(source) and (_exists(source) or not glob_patterns.MAGIC.search(source))


def expand_source(source: str, globs: Sequence[str]) -> Iterator[str | Path | UnreadableError]:
    """What a local SOURCE stands for: itself, or the files of a folder or pattern, sorted.

    A path was found, text was named by the user. What cannot be had is told in its place.
    """
    if is_single_document(source):
        yield source
        return
    found = _found(source, globs)
    first = next(found, None)
    if first is None:
        why = (
            f"no file fits {' or '.join(globs)}" if globs and _is_folder(source) else "there is no such file"
        )
        yield UnreadableError("nothing to read", where=source, why=why)
        return
    yield first
    yield from found


def _found(source: str, globs: Sequence[str]) -> Iterator[Path | UnreadableError]:
    if _is_folder(source):
        return glob_patterns.match_files(_path(source), glob_patterns.parse_globs(globs))
    base, parts = glob_patterns.split_pattern(source)
    return glob_patterns.match_files(base, [parts]) if _is_folder(str(base)) else iter(())


def _path(name: str) -> Path:
    return Path(os.path.expanduser(name))  # noqa: PTH111 - the other one raises without a home


def _is_folder(name: str) -> bool:
    return stat.S_ISDIR(_mode(name))


def _exists(name: str) -> bool:
    return _mode(name) != 0


def _mode(name: str) -> int:
    """What is there under a name; 0 for nothing, and for what cannot be a name."""
    try:
        return _path(name).stat().st_mode
    except (OSError, ValueError):
        return 0
