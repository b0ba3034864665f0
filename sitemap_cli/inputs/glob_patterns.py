"""Files that match patterns: ``*`` ``?`` ``[…]`` within a name, ``**`` for folders at any depth.

Hidden files and folders match only a part that begins with a dot. A link to a folder is followed where a
part matches its name, but not for ``**``: so links in a circle cause no endless search.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from sitemap_cli.errors import UnreadableError

MAGIC = re.compile(r"[*?\[]")
ANY_DEPTH = "**"

Parts = tuple[str, ...]
"""A pattern, or the rest of it that is to be matched: one part for each name of a path."""


def split_pattern(pattern: str) -> tuple[Path, Parts]:
    """Return the folder in which a pattern begins, and its parts from the first wildcard on."""
    parts = Path(os.path.expanduser(pattern)).parts  # noqa: PTH111 - Path.expanduser raises without a home
    first = next(index for index, part in enumerate(parts) if MAGIC.search(part))
    return Path(*parts[:first]), parts[first:]


def parse_globs(globs: Iterable[str]) -> list[Parts]:
    """Return the patterns for a folder: one without a slash matches at any depth; none matches everything."""
    patterns = [Path(each).parts for each in globs] or [("*",)]
    return [parts if len(parts) > 1 else (ANY_DEPTH, *parts) for parts in patterns]


def match_files(base: Path, patterns: Iterable[Parts]) -> Iterator[Path | UnreadableError]:
    """Yield the files below a folder that match any of the patterns, sorted by name at each level.

    An error takes the place of a folder that cannot be listed, and of a match that is no file, such as a
    socket, pipe or device. A broken link counts as a file: opening it gives the reason.
    """
    waiting: list[_Folder | Path | UnreadableError]
    waiting = [_Folder(base, frozenset().union(*(_expand_any_depth(_add_file(each)) for each in patterns)))]
    while waiting:
        found = waiting.pop()
        if isinstance(found, _Folder):
            waiting += reversed(_scan_folder(found))
        else:
            yield found


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to search, and the patterns for the names in it."""

    path: Path
    patterns: frozenset[Parts]


def _add_file(parts: Parts) -> Parts:
    """Return ``a/**/*`` for ``a/**``: the files below ``a``."""
    return (*parts, "*") if parts[-1] == ANY_DEPTH else parts


def _expand_any_depth(parts: Parts) -> frozenset[Parts]:
    """Return the pattern with and without its leading ``**``, which may match no folder at all."""
    expanded = {parts}
    while parts and parts[0] == ANY_DEPTH:
        parts = parts[1:]
        expanded.add(parts)
    return frozenset(expanded)


def _scan_folder(folder: _Folder) -> "list[_Folder | Path | UnreadableError]":
    try:
        with os.scandir(folder.path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        return [UnreadableError("cannot list", where=str(folder.path), why=error.strerror or str(error))]
    return [match for entry in found if (match := _match_entry(folder, entry)) is not None]


def _match_entry(folder: _Folder, entry: "os.DirEntry[str]") -> "_Folder | Path | UnreadableError | None":
    path, mode = folder.path / entry.name, _get_mode(entry)
    rest = _match_name(folder.patterns, entry.name, is_link=entry.is_symlink())
    if stat.S_ISDIR(mode):
        patterns = rest - {()}
        return _Folder(path, patterns) if patterns else None
    if () not in rest:
        return None
    if not stat.S_ISREG(mode):
        return UnreadableError("cannot read", where=str(path), why="not a regular file")
    return path


def _get_mode(entry: "os.DirEntry[str]") -> int:
    """Return the mode behind all links; that of a file if it is unknown."""
    try:
        return entry.stat().st_mode
    except OSError:
        return stat.S_IFREG


def _match_name(patterns: frozenset[Parts], name: str, *, is_link: bool) -> frozenset[Parts]:
    """Return the rest of the patterns that match a name; ``**`` matches no links and no hidden names."""
    rest: set[Parts] = set()
    is_hidden = name.startswith(".")
    for parts in patterns:
        if parts[0] == ANY_DEPTH:
            if not is_link and not is_hidden:
                rest |= _expand_any_depth(parts)
        elif fnmatchcase(name, parts[0]) and (parts[0].startswith(".") or not is_hidden):
            rest |= _expand_any_depth(parts[1:])
    return frozenset(rest)
