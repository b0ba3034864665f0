"""A folder of sitemaps with an index, which appear only when all of them are complete."""

import gzip
import html
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

INDEX = "sitemap.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
TAIL = "</sitemapindex>\n"


@dataclass(slots=True)
class SitemapFolder:
    """Sitemaps that are written one after another to a temporary folder.

    Args:
        temporary: the folder to which they are written first.
        gzip: whether to compress them; the index is never compressed.
    """

    temporary: Path
    gzip: bool = False
    names: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of sitemaps so far."""
        return len(self.names)

    def write_sitemap(self, data: bytes) -> None:
        """Write the next sitemap."""
        name = f"sitemap-{self.count + 1}.xml{'.gz' if self.gzip else ''}"
        (self.temporary / name).write_bytes(gzip.compress(data, mtime=0) if self.gzip else data)
        self.names.append(name)

    def write_index(self, base_url: str) -> None:
        """Write the index; a single sitemap takes its name instead."""
        if self.count == 1:
            (name,) = self.names
            self.names = [name.replace("sitemap-1", "sitemap")]
            (self.temporary / name).rename(self.temporary / self.names[0])
            return
        locs = (html.escape(urljoin(base_url, name)) for name in self.names)
        body = "".join(f"<sitemap><loc>{loc}</loc></sitemap>\n" for loc in locs)
        (self.temporary / INDEX).write_text(f"{HEAD}{body}{TAIL}", encoding="utf-8")
        self.names.append(INDEX)


@contextmanager
def open_sitemap_folder(path: Path, *, gzip: bool = False) -> Iterator[SitemapFolder]:
    """Open a folder, which is created if need be; its files are replaced when the context ends without error.

    Raises:
        OSError: the folder cannot be created or written.
    """
    path.mkdir(exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=path, prefix=".sitemap."))
    try:
        folder = SitemapFolder(temporary, gzip)
        yield folder
        for name in folder.names:  # the index is the last one
            (temporary / name).replace(path / name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
