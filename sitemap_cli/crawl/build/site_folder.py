"""The files of a local build by their exact names, as a host with a case-sensitive file system has them."""

import os
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sitemap_cli.crawl.targets import escape_undecoded

MAX_NAMES = 500_000
"""Names of files and folders that are kept in memory."""
MAX_DEPTH = 64
"""Depth of folders that are searched for pages."""


class NameKind(StrEnum):
    """What a name in a folder is; ``outside`` is a symbolic link that leads out of the build or nowhere."""

    FILE = "file"
    FOLDER = "folder"
    OUTSIDE = "outside"
    OTHER = "other"


@dataclass(slots=True)
class FolderNames:
    """The names in a folder: what each is, and each by its spelling without case, once that is needed."""

    kinds: Mapping[str, NameKind]
    _folded: Mapping[str, str] | None = None

    def find_similar(self, name: str) -> str | None:
        """Return a name that is the same, or differs only in case or in how accents are encoded."""
        if name in self.kinds:
            return name
        if self._folded is None:
            self._folded = {_fold(each): each for each in sorted(self.kinds, reverse=True)}
        return self._folded.get(_fold(name))


class SiteFolder:
    """A folder that will be published. Paths in it are relative, with slashes; the folder itself is "".

    Symbolic links are followed as long as they stay in the folder. Names are compared exactly, whatever the
    file system of this computer ignores.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.name = _show_folder(self.root)
        self._names: OrderedDict[str, FolderNames] = OrderedDict()
        self._kept = 0

    def show(self, path: str) -> str:
        """Return a file as reports name it: relative to the working folder, if it is below that."""
        return escape_undecoded(f"{self.name}{path}")

    def is_file(self, path: str) -> bool:
        """Return whether a file with exactly this path will be published."""
        return self.find_kind(path) is NameKind.FILE

    def find_kind(self, path: str) -> NameKind | None:
        """Return what a path is, or None if there is nothing with exactly this name."""
        kind, folder = NameKind.FOLDER, ""
        for name in path.split("/") if path else ():
            found = self._list_names(folder).kinds.get(name) if kind is NameKind.FOLDER else None
            if found is None:
                return None
            kind, folder = found, f"{folder}/{name}" if folder else name
        return kind

    def find_similar(self, path: str) -> str | None:
        """Return the path that differs only in upper and lower case, or in how accents are encoded."""
        found = ""
        for part in path.split("/"):
            same = self._list_names(found).find_similar(part)
            if same is None:
                return None
            found = f"{found}/{same}" if found else same
        return found if found != path else None

    def read_beginning(self, path: str, limit: int) -> bytes:
        """Return the first bytes of a file.

        Raises:
            OSError: it cannot be read.
        """
        with (self.root / path).open("rb") as file:
            return file.read(limit)

    def measure(self, path: str) -> int:
        """Return the size of a file in bytes.

        Raises:
            OSError: it cannot be read.
        """
        return (self.root / path).stat().st_size

    def iterate_files(self, suffixes: tuple[str, ...]) -> Iterator[str]:
        """Yield the paths of the files with these endings, folder by folder; hidden names are left out.

        Folders behind symbolic links are not searched: they may form a circle.
        """
        waiting = [""]
        while waiting:
            folder = waiting.pop()
            names = sorted(self._list_names(folder).kinds.items())
            paths = [(f"{folder}/{name}" if folder else name, kind) for name, kind in names if name[0] != "."]
            yield from (each for each, kind in paths if kind is NameKind.FILE and each.endswith(suffixes))
            below = [each for each, kind in paths if kind is NameKind.FOLDER and self._may_enter(each)]
            waiting.extend(reversed(below))

    def _may_enter(self, path: str) -> bool:
        return path.count("/") < MAX_DEPTH and not (self.root / path).is_symlink()

    def _list_names(self, folder: str) -> FolderNames:
        """Return the names in a folder; none if it cannot be read."""
        known = self._names.get(folder)
        if known is not None:
            self._names.move_to_end(folder)
            return known
        try:
            with os.scandir(self.root / folder) as found:
                names = {each.name: self._classify(each) for each in found}
        except (OSError, ValueError):  # no such folder, a name that is too long, or a NUL in it
            names = {}
        listed = self._names[folder] = FolderNames(names)
        self._kept += len(names) + 1
        while self._kept > MAX_NAMES and len(self._names) > 1:
            _, dropped = self._names.popitem(last=False)
            self._kept -= len(dropped.kinds) + 1
        return listed

    def _classify(self, entry: "os.DirEntry[str]") -> NameKind:
        try:
            if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(self.root):
                return NameKind.OUTSIDE
            if entry.is_file():
                return NameKind.FILE
            if entry.is_dir():
                return NameKind.FOLDER
        except (OSError, RuntimeError):  # a circle of links
            return NameKind.OUTSIDE
        return NameKind.OUTSIDE if entry.is_symlink() else NameKind.OTHER


def _show_folder(root: Path) -> str:
    """Return a folder relative to the working folder, with a slash at the end."""
    try:
        name = str(root.relative_to(Path.cwd()))
    except (ValueError, OSError):
        name = str(root)
    return "" if name == "." else f"{name.rstrip('/')}/"


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
