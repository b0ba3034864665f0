"""Finds files by patterns: ``*`` ``?`` ``[…]`` within a name, ``**`` for folders at any depth.

Hidden files and folders fit only a part that begins with a dot itself. A link to a folder is entered
where a part fits its name, but never for the sake of ``**``: so links in a circle lead nowhere.
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
"""A pattern, or what of it is still to be met: a part for each name of a path."""


def split_pattern(pattern: str) -> tuple[Path, Parts]:
    """The folder in which a pattern begins, and its parts from the first wildcard on."""
    parts = Path(os.path.expanduser(pattern)).parts  # noqa: PTH111 - the other one raises without a home
    first = next(at for at, part in enumerate(parts) if MAGIC.search(part))
    return Path(*parts[:first]), parts[first:]


def parse_globs(globs: Iterable[str]) -> list[Parts]:
    """What is wanted of a folder: one without a slash fits at any depth; without any, everything is."""
    wanted = [Path(each).parts for each in globs] or [("*",)]
    return [parts if len(parts) > 1 else (ANY_DEPTH, *parts) for parts in wanted]


def match_files(base: Path, patterns: Iterable[Parts]) -> Iterator[Path | UnreadableError]:
    """The files below a folder that fit any of the patterns, sorted by the names on their way.

    A folder that cannot be listed, and what fits but is no file (a socket, a pipe, a device), is told
    in its place. A link that leads nowhere counts as a file: opening it tells why.
    """
    waiting: list[_Folder | Path | UnreadableError]
    waiting = [_Folder(base, frozenset().union(*(_begun(_whole(parts)) for parts in patterns)))]
    while waiting:
        met = waiting.pop()
        if isinstance(met, _Folder):
            waiting += reversed(_listed(met))
        else:
            yield met


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to look into, and what patterns want of the names in it."""

    path: Path
    wanted: frozenset[Parts]


def _whole(parts: Parts) -> Parts:
    """``a/**`` means the files below ``a``."""
    return (*parts, "*") if parts[-1] == ANY_DEPTH else parts


def _begun(parts: Parts) -> frozenset[Parts]:
    """All that may come next: ``**`` may also stand for no folder at all."""
    begun = {parts}
    while parts and parts[0] == ANY_DEPTH:
        parts = parts[1:]
        begun.add(parts)
    return frozenset(begun)


def _listed(folder: _Folder) -> "list[_Folder | Path | UnreadableError]":
    try:
        with os.scandir(folder.path) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        return [UnreadableError("cannot list", where=str(folder.path), why=error.strerror or str(error))]
    return [met for entry in found if (met := _met(folder, entry)) is not None]


def _met(folder: _Folder, entry: "os.DirEntry[str]") -> "_Folder | Path | UnreadableError | None":
    path, mode = folder.path / entry.name, _mode(entry)
    left = _advanced(folder.wanted, entry.name, deeper=not entry.is_symlink())
    if stat.S_ISDIR(mode):
        wanted = left - {()}
        return _Folder(path, wanted) if wanted else None
    if () not in left:
        return None
    return (
        path
        if stat.S_ISREG(mode)
        else UnreadableError("cannot read", where=str(path), why="not a regular file")
    )


def _mode(entry: "os.DirEntry[str]") -> int:
    """What it is, behind all links; a file if that cannot be told."""
    try:
        return entry.stat().st_mode
    except OSError:
        return stat.S_IFREG


def _advanced(wanted: frozenset[Parts], name: str, *, deeper: bool) -> frozenset[Parts]:
    """What is wanted after this name; ``deeper`` says whether ``**`` may stand for it."""
    after: set[Parts] = set()
    for parts in wanted:
        if parts[0] == ANY_DEPTH:
            if deeper and not name.startswith("."):
                after |= _begun(parts)
        elif fnmatchcase(name, parts[0]) and parts[0].startswith(".") >= name.startswith("."):
            after |= _begun(parts[1:])
    return frozenset(after)
