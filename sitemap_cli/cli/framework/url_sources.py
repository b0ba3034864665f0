"""Where exported URLs come from: one job, or the last job of each domain."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.errors import NotFoundError, UsageError
from sitemap_cli.model import exit_codes

if TYPE_CHECKING:
    from sitemap_cli.cli.framework.change_options import ChangeChoice
    from sitemap_cli.services.catalog.last_jobs import LastJob
    from sitemap_cli.services.history.changed_urls import ChangedUrls
    from sitemap_cli.services.reporting.listed_urls import UrlFilter, Window
    from sitemap_cli.storage.database import Database

DOMAINS_PER_PAGE = 500
MAX_NAMED = 3
SITEMAPS_PER_PAGE = 5_000
"""Sitemaps that are kept in memory at a time, unless one job has more."""


@dataclass(frozen=True, slots=True)
class JobUrls:
    """The URLs of one job, or those of them that changed."""

    job_id: str
    domain: str
    changed: "ChangedUrls | None" = None

    async def iter_windows(self, db: "Database", wanted: "UrlFilter") -> "AsyncGenerator[Window]":
        """Yield what to read, one window after the other."""
        from sitemap_cli.services.reporting import listed_urls

        async with db.reading() as session:
            windows = await listed_urls.list_windows(session, self.job_id, wanted, self.domain, self.changed)
        for each in windows:
            yield each

    async def keep_existing(self, _db: "Database", _window: "Window", error: NotFoundError) -> "Window":
        """Raise the error: without a document there is nothing to list.

        Raises:
            NotFoundError: always.
        """
        raise error


@dataclass(slots=True)
class DomainUrls:
    """The URLs of the last complete job of each domain, or of each with some tags; counts what is missing.

    With a ``choice``, only those that changed.

    Only some domains are in memory at a time, and no transaction is open while their URLs are written.
    """

    tenant: str
    tags: Sequence[str] = ()
    choice: "ChangeChoice | None" = None
    domains: int = 0
    incomplete: int = 0
    without: int = 0
    removed: set[str] = field(default_factory=set)

    async def iter_windows(self, db: "Database", wanted: "UrlFilter") -> "AsyncGenerator[Window]":
        """Yield what to read, one window after the other.

        Raises:
            UsageError: there are no domains.
            NotFoundError: no job of any of them recorded anything.
        """
        from sitemap_cli.services.catalog.last_jobs import list_last_jobs
        from sitemap_cli.services.reporting import listed_urls
        from sitemap_cli.services.shared.size_groups import split_by_size

        last = ""
        while True:
            async with db.reading() as session:
                page = await list_last_jobs(
                    session, self.tenant, tags=self.tags, after=last, limit=DOMAINS_PER_PAGE
                )
            if not page:
                break
            last = page[-1].domain
            for some in split_by_size(page, lambda each: each.sitemaps or 0, SITEMAPS_PER_PAGE):
                self._count(some)
                jobs = {each.job_id: each.domain for each in some if each.job_id is not None}
                changes = await self.choice.find_all(db, self.tenant, jobs) if self.choice else {}
                async with db.reading() as session:
                    windows = await listed_urls.list_windows_of_jobs(session, jobs, wanted, changes)
                for each in windows:
                    yield each
        self._check_any()

    async def keep_existing(self, db: "Database", window: "Window", _error: NotFoundError) -> "Window":
        """Return a window without the sitemaps that were removed meanwhile, and remember their domains."""
        from sitemap_cli.services.reporting import listed_urls

        async with db.reading() as session:
            kept = await listed_urls.keep_existing(session, window)
        existing = {part.sitemap.document_id for part in kept}
        self.removed |= {part.domain for part in window if part.sitemap.document_id not in existing}
        return kept

    def _count(self, jobs: "Sequence[LastJob]") -> None:
        self.domains += len(jobs)
        self.without += sum(each.job_id is None for each in jobs)
        self.incomplete += sum(each.job_id is not None and not each.is_complete for each in jobs)

    def _check_any(self) -> None:
        if not self.domains and self.tags:
            what = "no domain has this tag" if len(self.tags) == 1 else "no domain has all of these tags"
            raise UsageError(what, where=", ".join(self.tags), hint="sitemap domains list shows tags")
        if self.domains == self.without:
            where = f"tag {', '.join(self.tags)}" if self.tags else None
            hint = "analyze some: sitemap batch FILE, or sitemap analyze example.com"
            raise NotFoundError("no job recorded anything", where=where, hint=hint)

    def report(self, console: Console) -> int:
        """Print a note about the domains that have no complete job, and return the exit code."""
        notes = list[str]()
        if self.incomplete:
            count = format_count(self.incomplete, "domain")
            notes.append(f"{count} without a complete job: the newest that recorded something is listed")
        if self.without:
            notes.append(f"{format_count(self.without, 'domain')} without any recorded sitemap left out")
        if notes:
            console.print_note("; ".join(notes))
        if not self.removed:
            return exit_codes.OK
        names = sorted(self.removed)
        some = f"{', '.join(names[:MAX_NAMED])}{', …' if len(names) > MAX_NAMED else ''}"
        count = format_count(len(names), "domain")
        console.print_log(
            "warning", f"the jobs of {count} were removed while their URLs were listed ({some})"
        )
        return exit_codes.PARTIAL


UrlSource = JobUrls | DomainUrls
