"""Local builds in a few lines of YAML, checked with their own pages.

A build is a site as :mod:`tests.integration.audit.sites` describes it, whose robots.txt and sitemaps are
files of the build, with these keys:

``files``: the other files by path. Each is a text, or a mapping:
    ``page``: the URL of a whole page that is its own canonical; ``canonical`` replaces that, null is none
    ``head``: more lines of its head, which begin at line 6
    ``same_as``: the path of a file with the same content
    ``hex``: bytes; ``repeat: N``: N files, in which ``{n}`` is the number
``beside``: files beside the build, by name
``base``: the path of the base URL, by default ``/``
``folder``: the name of the build, by default ``dist``
``probe_size``: the number of pages to read, by default all
"""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sitemap_cli.crawl import targets
from sitemap_cli.crawl.build.build_reader import BuildReader
from sitemap_cli.fetch.folder_fetcher import FolderFetcher
from sitemap_cli.services.checking.build_probe import BuildProbe
from sitemap_cli.services.checking.checks import CheckOptions
from sitemap_cli.services.probing.probe_store import SampleSize
from sitemap_cli.settings import Settings
from sitemap_cli.storage.database import Database
from tests.integration.analyzed_job import record_analysis
from tests.integration.audit import sites

PAGE = (
    '<!doctype html>\n<html lang="en">\n<head>\n<title>{title}</title>\n{canonical}\n{head}</head>\n'
    "<body></body>\n</html>\n"
)


@dataclass(frozen=True, slots=True)
class RecordedBuild:
    """The folder of a build, and its job."""

    folder: Path
    job_id: str
    reader: BuildReader
    size: SampleSize

    def add_to(self, options: CheckOptions) -> CheckOptions:
        """Return options with which the pages of the build are read."""
        return replace(options, build=BuildProbe(BuildReader(self.folder, self.reader.files.base), self.size))

    def shorten(self, text: str | None) -> str:
        """Return a text of a report with files as they are named from beside the build."""
        return (text or "").replace(f"{self.folder.resolve().parent}/", "")


@contextmanager
def open_folder(case: Mapping[str, Any]) -> Iterator[Path]:
    """Write the files of a build for the duration of the block."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / case.get("folder", "dist")
        folder.mkdir(parents=True)
        for file, text in case.get("beside", {}).items():
            write(
                folder.parent / file, (text if isinstance(text, str) else json.dumps(text, indent=1)).encode()
            )
        base = base_url(case)
        for url, reply in sites.build_pages(case).items():
            if reply.body is not None and url.startswith(base):
                write(folder / url.removeprefix(base), reply.body)
        for path, content in case.get("files", {}).items():
            for number in range(content.get("repeat", 1) if isinstance(content, Mapping) else 1):
                write(folder / path.replace("{n}", str(number)), build_file(case, folder, content, number))
        yield folder


def base_url(case: Mapping[str, Any]) -> str:
    return f"{case.get('site', sites.SITE)}{case.get('base', '/')}"


def write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def build_file(case: Mapping[str, Any], folder: Path, content: Any, number: int) -> bytes:
    site = case.get("site", sites.SITE)
    if isinstance(content, str):
        return content.replace("{site}", site).encode()
    if "hex" in content:
        return bytes.fromhex(content["hex"])
    if "same_as" in content:
        return (folder / content["same_as"]).read_bytes()
    if "json" in content:
        return json.dumps(content["json"], indent=2).encode()
    canonical = content.get("canonical", content["page"])
    link = "" if canonical is None else f'<link rel="canonical" href="{absolute(site, canonical)}">'
    head = "".join(f"{each}\n" for each in content.get("head", "").splitlines())
    text = PAGE.format(title=content.get("title", f"Page {content['page']}"), canonical=link, head=head)
    return text.replace("{n}", str(number)).replace("{site}", site).encode()


def absolute(site: str, url: str) -> str:
    return f"{site}{url}" if url.startswith("/") else url


async def record_build(db: Database, case: Mapping[str, Any], folder: Path, tenant: str) -> RecordedBuild:
    """Analyze a build, and return what is needed to check it."""
    target = targets.parse_target(str(folder), base_url=base_url(case))
    settings = Settings(tenant=tenant)
    fetcher = FolderFetcher(folder, target.urls[0], settings)
    job_id = await record_analysis(db, target, fetcher, settings)
    size = SampleSize(case.get("probe_size"))
    return RecordedBuild(folder, job_id, BuildReader(folder, target.urls[0]), size)
