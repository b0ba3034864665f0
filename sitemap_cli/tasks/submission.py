"""Submit the URLs of a job to search engines, and record each response in a transaction of its own."""

import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from functools import partial

from sitemap_cli.aio import uncancelled
from sitemap_cli.crawl.key_file import find_key_fault
from sitemap_cli.crawl.url_submission import SubmissionResponse, submit_urls
from sitemap_cli.fetch.interface import Fetcher
from sitemap_cli.model.submission_results import SubmittedBatch
from sitemap_cli.services.history import submissions
from sitemap_cli.services.history.submissions import Selection, SubmittedPart
from sitemap_cli.storage.database import Database
from sitemap_cli.tasks.selected_urls import HostUrls, SelectedUrls
from sitemap_cli.tasks.trying_again import try_again

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SubmissionRun:
    """One run: what is submitted, with which key, and what came of it.

    ``until`` is when to give up, on the clock of the event loop. ``is_again`` says that URLs are submitted
    that were accepted before. ``done`` has the numbers of URLs that were accepted in earlier runs, by
    endpoint and host, ``faults`` the reasons why key files are not accepted, by host.
    """

    db: Database
    fetcher: Fetcher
    key: str
    urls: SelectedUrls
    until: float
    is_again: bool = False
    accepted: int = 0
    accepted_before: int = 0
    done: dict[str, dict[str, int]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    batches: list[SubmittedBatch] = field(default_factory=list)

    async def check_key_files(self, *, all_hosts: bool) -> None:
        """Request the key file of each host, or only of those with URLs that are not submitted yet."""
        for host, urls in self.urls.hosts.items():
            if not all_hosts and all(done.get(host, 0) >= urls.count for done in self.done.values()):
                continue
            fault = await find_key_fault(self.fetcher, urls.key_file, self.key, self.until)
            if fault is not None:
                self.faults[host] = fault

    async def count_accepted_before(self, selections: Sequence[Selection]) -> None:
        """Find out what the endpoints accepted in earlier runs."""
        async with self.db.reading() as session:
            for each in selections:
                done = {} if self.is_again else await submissions.load_positions(session, each)
                hosts = self.urls.hosts.items()
                self.done[each.endpoint] = done
                self.accepted_before += sum(min(done.get(host, 0), urls.count) for host, urls in hosts)

    async def submit(self, selection: Selection) -> AsyncGenerator[SubmittedBatch]:
        """Submit the URLs to one endpoint, and yield each response after it was recorded.

        What the endpoint accepted in an earlier run is left out. A response that may concern other hosts,
        too, ends the submission.
        """
        is_whole, done = not self.faults, self.done[selection.endpoint]
        for host, urls in self.urls.hosts.items():
            if host in self.faults:
                continue
            async for batch, response in self._submit_host(selection, urls, done.get(host, 0)):
                yield batch
                if not response.is_accepted:
                    is_whole = False
                    if not response.is_about_host:
                        return
        if is_whole:
            await try_again(partial(self._record_completion, selection))

    async def _submit_host(
        self, selection: Selection, urls: HostUrls, done: int
    ) -> AsyncGenerator[tuple[SubmittedBatch, SubmissionResponse]]:
        """Submit the URLs of one host, from the position ``done``, until a list is not accepted."""
        endpoint = selection.endpoint
        for position, several in urls.split_into_lists():
            if position + len(several) <= done:
                continue
            response = await submit_urls(self.fetcher, endpoint, urls.key_file, self.key, several, self.until)
            part = SubmittedPart(urls.host, position, len(several), response.status_code, response.error)
            await uncancelled(try_again(partial(self._record_part, selection, part)))
            log.info("%s: %d URLs, status %s", endpoint, len(several), response.status_code)
            self.accepted += len(several) if response.is_accepted else 0
            batch = SubmittedBatch(
                endpoint, urls.host, position, len(several), response.status_code, response.error, response.ms
            )
            self.batches.append(batch)
            yield batch, response
            if not response.is_accepted:
                return

    async def _record_part(self, selection: Selection, part: SubmittedPart) -> None:
        async with self.db.transaction() as session:
            await submissions.record_submission(session, selection, part)

    async def _record_completion(self, selection: Selection) -> None:
        async with self.db.transaction() as session:
            await submissions.record_completion(session, selection)
