"""A folder of sitemaps with an index, which appear only when all of them are complete."""

import gzip
import html
import os
import re
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sitemap_cli.errors import StorageError
from sitemap_cli.output.sitemap_notes import SitemapNotes
from sitemap_cli.output.sitemap_values import encode_url, format_moment
from sitemap_cli.output.urlset import DECLARATION, MAX_BYTES, NAMESPACE, Urlset

INDEX = "sitemap.xml"
HEAD = f'{DECLARATION}<sitemapindex xmlns="{NAMESPACE}">\n'
TAIL = "</sitemapindex>\n"
MAX_CHILDREN = 50_000
"""Limit of one index: https://www.sitemaps.org/protocol.html#index"""

_TEMPORARY = ".sitemap."
_OWN_NAME = re.compile(r"sitemap(?:-[0-9]+|-index-[0-9]+)?\.xml(?:\.gz)?")


def make_base(url: str) -> str | None:
    """Return the URL of a folder with a slash at its end, or None if it cannot be that of sitemaps."""
    if "?" in url or "#" in url:
        return None
    folder = url if url.endswith("/") else f"{url}/"
    longest = f"sitemap-{10**9}.xml.gz"
    encoded = encode_url(folder + longest)
    return None if encoded is None else encoded.removesuffix(longest)


class _Child(NamedTuple):
    name: str
    newest: int | None


@dataclass(slots=True)
class SitemapFolder:
    """Sitemaps that are written one after another to a temporary folder.

    Args:
        temporary: the folder to which they are written first.
        gzip: whether to compress them; an index is never compressed.
        notes: what had to be changed, for the user.
    """

    temporary: Path
    gzip: bool = False
    notes: SitemapNotes = field(default_factory=SitemapNotes)
    indexes: list[str] = field(default_factory=list)
    _children: list[_Child] = field(default_factory=list)
    _waiting: list[Urlset] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of sitemaps so far, without indexes."""
        return len(self._children) + len(self._waiting)

    @property
    def names(self) -> Sequence[str]:
        """The files in the order in which they appear: the index that users submit is the last."""
        return [*(child.name for child in self._children), *reversed(self.indexes)]

    def add_sitemap(self, urlset: Urlset) -> None:
        """Add the next sitemap, which :meth:`write_sitemaps` writes."""
        self._waiting.append(urlset)

    def write_sitemaps(self) -> None:
        """Write the sitemaps that were added."""
        for urlset in self._waiting:
            name = f"sitemap-{len(self._children) + 1}.xml{'.gz' if self.gzip else ''}"
            data = urlset.encode()
            (self.temporary / name).write_bytes(gzip.compress(data, mtime=0) if self.gzip else data)
            self._children.append(_Child(name, urlset.newest))
        self._waiting.clear()

    def write_index(self, base_url: str) -> None:
        """Write the index, or several if one is not enough; a single sitemap takes its name instead.

        ``base_url`` is the URL of the folder, with a slash at its end.
        """
        self.write_sitemaps()
        if self.count == 1:
            ((name, newest),) = self._children
            self._children = [_Child(name.replace("sitemap-1", "sitemap"), newest)]
            (self.temporary / name).rename(self.temporary / self._children[0].name)
            return
        for number, body in enumerate(self._build_indexes(base_url), 1):
            name = INDEX if number == 1 else f"sitemap-index-{number}.xml"
            (self.temporary / name).write_text(f"{HEAD}{body}{TAIL}", encoding="utf-8")
            self.indexes.append(name)

    def _build_indexes(self, base_url: str) -> Iterator[str]:
        """Yield the content of each index."""
        lines, size, most = list[str](), 0, MAX_BYTES - len(HEAD) - len(TAIL)
        for name, newest in self._children:
            date = None if newest is None else format_moment(newest)
            lastmod = "" if date is None else f"<lastmod>{date}</lastmod>"
            line = f"<sitemap><loc>{html.escape(base_url + name)}</loc>{lastmod}</sitemap>\n"
            if len(lines) == MAX_CHILDREN or size + len(line) > most:
                yield "".join(lines)
                lines, size = [], 0
            lines.append(line)
            size += len(line)
        yield "".join(lines)


@contextmanager
def open_sitemap_folder(
    path: Path, *, gzip: bool = False, notes: SitemapNotes | None = None
) -> Iterator[SitemapFolder]:
    """Open a folder, which is created if need be; its sitemaps are replaced when the context ends.

    After an error, the folder is as it was. Sitemaps of an earlier export that are not replaced are removed.
    Other files stay. Only one process at a time may write to a folder.

    Raises:
        OSError: the folder cannot be created or written.
        StorageError: another process is writing sitemaps to it.
    """
    is_new = not path.exists()
    path.mkdir(exist_ok=True)
    try:
        with _lock_folder(path) as is_alone, _open_temporary(path, is_alone=is_alone) as temporary:
            folder = SitemapFolder(temporary, gzip, notes or SitemapNotes())
            yield folder
            _publish(folder, path)
    except BaseException:
        if is_new:
            with suppress(OSError):
                path.rmdir()
        raise


def _publish(folder: SitemapFolder, path: Path) -> None:
    """Move the sitemaps to their places.

    The index is removed first and appears last, so that it never lists sitemaps of two exports.
    """
    names = folder.names
    for name in names:
        if (path / name).is_dir():
            raise StorageError("cannot write", where=str(path / name), why="it is a folder")
    for name in folder.indexes:
        (path / name).unlink(missing_ok=True)
    for name in names:
        (folder.temporary / name).replace(path / name)
    others = sorted(each.name for each in path.iterdir() if _OWN_NAME.fullmatch(each.name))
    for name in others:
        if name not in names:
            _remove_stale(path / name, folder.notes)


def _remove_stale(path: Path, notes: SitemapNotes) -> None:
    """Remove a sitemap of an earlier export; note one that something else has written."""
    if path.is_symlink() or not path.is_file() or not _is_exported(path):
        notes.kept.append(path.name)
        return
    path.unlink()
    notes.removed += 1


def _is_exported(path: Path) -> bool:
    """Return whether a file was written by an export."""
    try:
        with path.open("rb") as stream:
            begin = stream.read(2)
        with gzip.open(path) if begin == b"\x1f\x8b" else path.open("rb") as stream:
            return stream.read(len(DECLARATION)) == DECLARATION.encode()
    except (OSError, EOFError, zlib.error):
        return False


@contextmanager
def _open_temporary(path: Path, *, is_alone: bool) -> Iterator[Path]:
    """Make a temporary folder; those of processes that were killed are removed."""
    for left in path.glob(f"{_TEMPORARY}*") if is_alone else ():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(dir=path, prefix=_TEMPORARY))
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def _lock_folder(path: Path) -> Iterator[bool]:
    """Let no other process write to the folder, and say whether that is certain.

    Some file systems have no locks, and Windows cannot lock a folder.

    Raises:
        StorageError: another process writes to it.
    """
    if sys.platform == "win32":
        yield False
        return
    import fcntl

    handle = os.open(path, os.O_RDONLY)
    try:
        is_locked = True
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            why = "another export is being written to it"
            raise StorageError("cannot write", where=str(path), why=why) from error
        except OSError:
            is_locked = False
        yield is_locked
    finally:
        os.close(handle)
