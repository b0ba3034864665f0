"""Compare two jobs step by step: each in a transaction of its own, while what was found is formatted."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, cast

from sitemap_cli.aio import run_beside
from sitemap_cli.crawl.url_scope import UrlSection
from sitemap_cli.model.difference import ChangePage
from sitemap_cli.model.difference_results import DifferenceSummary
from sitemap_cli.output.difference_format import DifferenceWriter
from sitemap_cli.progress import StepProgress
from sitemap_cli.services.history.job_comparison import Step, join_steps
from sitemap_cli.services.history.job_difference import (
    DifferenceCounter,
    PreparedComparison,
    load_page,
    prepare_comparison,
)
from sitemap_cli.storage.database import Database
from sitemap_cli.storage.models import Job

OpenWriter = Callable[[BinaryIO], AbstractContextManager[DifferenceWriter]]


class _HeldStream:
    """Keeps what is written until no transaction is open: the reader of a pipe may be slow."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = list[bytes]()
        self.is_direct = False

    def write(self, data: bytes) -> int:
        if self.is_direct:
            return self._stream.write(data)
        self._held.append(bytes(data))
        return len(data)

    def send(self) -> None:
        """Write what was kept."""
        self._stream.writelines(self._held)
        self._held.clear()


@dataclass(slots=True)
class _Limit:
    """Cuts the lists of pages so that there are at most some URLs of each kind in all."""

    added: int
    removed: int
    changed: int

    def cut_page(self, page: ChangePage) -> ChangePage:
        cut = ChangePage(
            page.old_sitemap,
            page.new_sitemap,
            page.added[: self.added],
            page.removed[: self.removed],
            page.changed[: self.changed],
        )
        self.added -= len(cut.added)
        self.removed -= len(cut.removed)
        self.changed -= len(cut.changed)
        return cut


async def write_difference(
    db: Database,
    jobs: tuple[Job, Job],
    parts: Sequence[UrlSection],
    stream: BinaryIO,
    open_writer: OpenWriter,
    limit: int | None,
    progress: StepProgress | None = None,
) -> DifferenceSummary:
    """Write what differs between an older and a newer job, and return the numbers.

    Args:
        db: the database.
        jobs: the older and the newer one.
        parts: parts of the site; only URLs in all of them count.
        stream: where the format writes. No transaction is open meanwhile.
        open_writer: opens the writer of a format.
        limit: the URLs of each kind that are written at most; all of them are counted.
        progress: counts the URLs that were compared, in both jobs.

    Raises:
        NotFoundError: a job was removed meanwhile.
    """
    async with db.reading() as session:
        prepared = await prepare_comparison(session, *jobs, parts)
    if progress is not None:
        progress.total = _count_urls(prepared.steps)
    counter, held = DifferenceCounter(prepared), _HeldStream(stream)
    left = None if limit is None else _Limit(limit, limit, limit)

    def write_pages(writer: DifferenceWriter, pages: Iterable[ChangePage]) -> None:
        for page in pages:
            counter.count_page(page)
            writer.write_page(page if left is None else left.cut_page(page))

    with open_writer(cast("BinaryIO", held)) as writer:
        pages: Sequence[ChangePage] = ()
        for steps in join_steps(prepared.steps):
            if progress is not None:
                progress.done += _count_urls(steps)
            async with run_beside(_load_pages(db, prepared, steps)) as loading:
                write_pages(writer, pages)
            held.send()
            pages = loading.result()
        write_pages(writer, pages)
        held.send()
        held.is_direct = True
        summary = counter.build_summary()
        writer.write_summary(summary)
    return summary


def _count_urls(steps: Iterable[Step]) -> int:
    return sum(each.urls for step in steps for each in step.pair if each is not None)


async def _load_pages(
    db: Database, prepared: PreparedComparison, steps: Iterable[Step]
) -> Sequence[ChangePage]:
    async with db.reading() as session:
        return [await load_page(session, prepared, step) for step in steps]
