"""Options that choose the URLs that are new or changed since an older job."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.framework.dates import parse_date
from sitemap_cli.cli.framework.job_references import parse_job_reference
from sitemap_cli.cli.view.numbers import format_count
from sitemap_cli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sitemap_cli.services.history.changed_urls import Basis, ChangedUrls
    from sitemap_cli.services.recording.job_pairs import JobReference
    from sitemap_cli.storage.database import Database
    from sitemap_cli.storage.models import Job
    from sitemap_cli.storage.session import Session

NewSince = Annotated[
    str | None,
    typer.Option(
        metavar="JOB|DATE",
        help="Only URLs that this job, or the last complete one at or before a time, did not list.",
    ),
]

ChangedSince = Annotated[
    str | None,
    typer.Option(
        metavar="DATE|7d",
        help="Only URLs that are new since then, or whose entry changed. Where no job is as old, also those "
        "with a lastmod since then.",
    ),
]

Trusted = Annotated[
    bool,
    typer.Option(
        "--trusted",
        help="With --changed-since, ignore a new lastmod alone unless the site's lastmods proved reliable.",
    ),
]


@dataclass(slots=True)
class ChangeChoice:
    """Which changes the options choose; counts the jobs that could not be compared as asked.

    ``since`` is the time of ``--changed-since`` in seconds since 1970, None for ``--new-since``.
    """

    reference: "JobReference"
    since: int | None = None
    is_trusted: bool = False
    bases: "Counter[Basis | None]" = field(default_factory=Counter)
    unreliable: int = 0

    async def find(self, db: "Database", tenant: str, job: "Job") -> "ChangedUrls":
        """Return the URLs of a job that changed.

        Raises:
            UsageError: the reference is a job that cannot be compared with it.
            NotFoundError: the reference is a job that does not exist.
        """
        from sitemap_cli.services.history.changed_urls import Wish, find_older_job
        from sitemap_cli.tasks.url_comparison import find_changed_urls

        trusts_lastmod = True
        async with db.reading() as session:
            old, basis = await find_older_job(session, tenant, job, self.reference)
            if self.is_trusted:
                trusts_lastmod = await self._is_reliable(session, job)
        self.bases[basis] += 1
        self.unreliable += not trusts_lastmod
        is_short = basis is not None and (old is not None or basis == "first run")
        since = self.since if is_short and trusts_lastmod else None
        wish = Wish(has_changed=self.since is not None, trusts_lastmod=trusts_lastmod)
        return await find_changed_urls(db, old, job, wish, since)

    async def find_all(
        self, db: "Database", tenant: str, job_ids: "Iterable[str]"
    ) -> "dict[str, ChangedUrls]":
        """Return the URLs of each of some jobs that changed."""
        from sitemap_cli.services.recording.jobs import find_job

        found = dict[str, "ChangedUrls"]()
        for job_id in job_ids:
            async with db.reading() as session:
                job = (await find_job(session, tenant, job_id)).job
            found[job_id] = await self.find(db, tenant, job)
        return found

    def report(self, console: Console) -> None:
        """Print notes about the jobs that were not compared as the option says."""
        several = self.bases.total() > 1
        for basis, note in self._list_notes().items():
            count = self.unreliable if basis is None else self.bases[basis]
            if count:
                console.print_note(f"{format_count(count, 'domain')}: {note}" if several else note)

    def _list_notes(self) -> "dict[Basis | None, str]":
        from sitemap_cli.services.history.changed_urls import Basis

        at = f"at or before {self.reference.text}"
        lastmod = "; lastmods since then count, too" if self.since is not None else ""
        nothing = "; only lastmods since then count" if self.since is not None else ", so nothing is new"
        return {
            Basis.NOTHING: f"first run: no older complete job to compare with{nothing}",
            Basis.OLDEST: f"no complete job {at}: compared with the oldest one{lastmod}",
            Basis.NO_NEWER: f"no complete job is newer than {self.reference.text}, so nothing is new",
            None: "lastmods are not known to be reliable, so a new lastmod alone does not count",
        }

    async def _is_reliable(self, session: "Session", job: "Job") -> bool:
        from sitemap_cli.services.history.trust_evidence import load_trust

        return bool((await load_trust(session, job)).reliable)


def parse_change_options(
    new_since: str | None, changed_since: str | None, *, trusted: bool
) -> ChangeChoice | None:
    """Return which changes the options of these names choose; None if all URLs are listed.

    Raises:
        UsageError: they exclude each other, or name neither a job nor a time.
    """
    if trusted and changed_since is None:
        raise UsageError("--trusted needs --changed-since", hint="--changed-since 7d --trusted")
    if new_since is not None and changed_since is not None:
        raise UsageError("--new-since excludes --changed-since", why="changed URLs include the new ones")
    if new_since is not None:
        return ChangeChoice(parse_job_reference("--new-since", new_since))
    if changed_since is None:
        return None
    since = parse_date("--changed-since", changed_since)
    reference = parse_job_reference("--changed-since", changed_since, ends_day=False)
    return ChangeChoice(reference, since, trusted)
